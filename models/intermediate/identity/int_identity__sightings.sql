{#
    What the sources have ever said about who their customers are. The only place of this folder
    where identifiers can be read, with int_identity__normalised; views, so nothing is stored.
    Every sound version of a customer row counts, superseded ones too, so that what is known does
    not depend on which came last. An order says who a guest is, or a customer of whom there is no row.
#}
with

registered as (

    select
        source_name,
        source_name || ':' || customer_number as account_id,
        full_name as customer_name,
        email,
        phone,
        account_number as account_reference,
        _batch_id as batch_id,
        _row_number as row_number,
        false as is_guest
    from {{ ref('base_shop__customers') }}
    where defect is null

),

ordering as (

    select
        *,
        {{ shop_account_id() }} as account_id
    from {{ ref('base_shop__orders') }}
    where defect is null

),

at_checkout as (

    select
        ordering.source_name,
        ordering.account_id,
        ordering.full_name as customer_name,
        ordering.email,
        ordering.phone,
        cast(null as {{ dbt.type_string() }}) as account_reference,
        ordering._batch_id as batch_id,
        ordering._row_number as row_number,
        ordering.customer_number is null as is_guest
    from ordering
    left join {{ ref('stg_shop__customers') }} as customers
        on
            ordering.source_name = customers.source_name
            and ordering.customer_number = customers.customer_number
    where ordering.account_id is not null and customers.customer_number is null

),
{% if is_source_enabled("olist") %}
referring as (

    select
        'olist' as source_name,
        {{ entity_key('olist', 'customer_number') }} as account_id,
        cast(null as {{ dbt.type_string() }}) as customer_name,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(null as {{ dbt.type_string() }}) as phone,
        person_number as account_reference,
        _batch_id as batch_id,
        _row_number as row_number,
        false as is_guest
    from {{ ref('base_olist__customers') }}
    where defect is null

),
{% endif %}
identified as (

    select * from registered
    union all
    select * from at_checkout
    {% if is_source_enabled("olist") %}
    union all
    select * from referring
    {% endif %}

),

-- Accounts of which nothing but the number is known; nothing can link them, so no batch is needed.
unidentified as (

    select
        accounts.source_name,
        accounts.account_id,
        accounts.customer_name,
        accounts.email,
        accounts.phone,
        accounts.account_reference,
        cast(0 as bigint) as batch_id,
        cast(0 as bigint) as row_number,
        accounts.source_customer_id is null as is_guest
    from {{ ref('int_customers__accounts') }} as accounts
    left join identified on accounts.account_id = identified.account_id
    where identified.account_id is null

)

select * from identified
union all
select * from unidentified
