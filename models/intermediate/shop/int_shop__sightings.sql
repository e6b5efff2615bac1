{#
    Every sound version of a customer row counts, superseded ones too, so that what is known does not
    depend on which came last. An order says who a guest is, or a customer of whom there is no row.
#}
{%- set landed = ref('int_changes__landed_accounts') %}
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
    where
        defect is null
        {{ if_restating_view(
            'and (source_name, customer_number) in (select source_name, customer_number from ' ~ landed ~ ')'
        ) }}

),

ordering as (

    select * from {{ ref('base_shop__orders') }}
    where
        defect is null {{ if_restating_view(
            'and account_id in (select account_id from ' ~ landed ~ ')'
        ) }}

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

)

select * from registered
union all
select * from at_checkout
