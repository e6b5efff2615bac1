{#
    Reviews to work out anew: those with new rows, and those of accounts that belong to another
    customer now. With what they were before. Empty when everything is built.
#}
{%- set earlier_reviews = as_built_before('int_engagement__reviews') %}
{%- set changed_accounts = ref('int_changes__accounts') %}
with

touched as (

    select review_id
    from {{ ref('int_changes__landed_reviews') }}

    union distinct

    select review_id
    from {{ ref('int_conformed__reviews') }}
    where account_id in (select account_id from {{ changed_accounts }})
    {% if is_restating() %}
    union distinct

    select review_id
    from {{ earlier_reviews }}
    where account_id in (select account_id from {{ changed_accounts }})
    {% endif %}

)

select
    touched.review_id,
    {% if is_restating() %}
    earlier.customer_id as old_customer_id,
    cast(earlier.reviewed_at as date) as old_review_date,
    earlier.rating as old_rating
    {% else %}
    cast(null as {{ dbt.type_string() }}) as old_customer_id,
    cast(null as date) as old_review_date,
    cast(null as int) as old_rating
    {% endif %}
from touched
{% if is_restating() %}
left join {{ earlier_reviews }} as earlier on touched.review_id = earlier.review_id
{% endif %}
