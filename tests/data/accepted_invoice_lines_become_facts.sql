-- Every accepted sale and return of online_retail is a fact. Adjustments are left out on purpose.
{{ config(tags=['every_row'], enabled=is_source_enabled('online_retail')) }}
with

expected as (

    select
        line_type,
        count(*) as row_count,
        sum(line_amount) as amount
    from {{ ref('stg_online_retail__lines') }}
    where line_type in ('sale', 'return')
    group by line_type

),

facts as (

    select
        'sale' as line_type,
        count(*) as row_count,
        sum(net_revenue_amount) as amount
    from {{ ref('int_online_retail__order_items') }}

    union all

    select
        'return' as line_type,
        count(*) as row_count,
        sum(-1 * returned_amount) as amount
    from {{ ref('int_online_retail__returns') }}

)

select
    expected.line_type,
    expected.row_count as expected_row_count,
    facts.row_count as fact_row_count
from expected
left join facts on expected.line_type = facts.line_type
where expected.row_count <> facts.row_count or expected.amount <> facts.amount
