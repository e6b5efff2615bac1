{#
    Whom the rows since the last build speak of, in any version of such a row. Empty when everything
    is built.
#}
{% set named_in = [] %}
{% for entity in ["customers", "returns", "reviews", "events", "subscriptions"] %}
{% do named_in.append(ref('base_shop__' ~ entity)) %}
{% endfor %}
with

shop_accounts as (

    select
        source_name,
        account_id,
        customer_number
    from {{ ref('base_shop__orders') }}
    where {{ is_new_in_base() }} and account_id is not null
    {% for base in named_in %}
    union distinct

    select
        source_name,
        source_name || ':' || customer_number as account_id,
        customer_number
    from {{ base }}
    where {{ is_new_in_base() }} and customer_number is not null
    {% endfor %}

)

select * from shop_accounts
{% if is_source_enabled('online_retail') %}
union distinct

select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'customer_number') }} as account_id,
    customer_number
from {{ ref('base_online_retail__lines') }}
where {{ is_new_in_base() }} and customer_number is not null
{% endif %}
