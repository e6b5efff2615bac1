-- Nothing lost after staging either: every accepted sale and return is a fact, whatever it joins.
-- Adjustments and the lines of cancelled orders are left out on purpose.
with

expected as (

    select
        'online_retail sales' as what,
        count(*) as row_count
    from {{ ref('stg_online_retail__lines') }}
    where line_type = 'sale'

    union all

    select
        'online_retail returns' as what,
        count(*) as row_count
    from {{ ref('stg_online_retail__lines') }}
    where line_type = 'return'

    union all

    select
        'sample sales' as what,
        count(*) as row_count
    from {{ ref('stg_sample__order_items') }} as items
    inner join {{ ref('stg_sample__orders') }} as orders
        on items.order_number = orders.order_number
    where orders.order_status = 'completed'

    union all

    select
        'sample returns' as what,
        count(*) as row_count
    from {{ ref('stg_sample__returns') }}

),

facts as (

    select
        source_name || ' sales' as what,
        count(*) as row_count
    from {{ ref('fct_order_items') }}
    group by source_name

    union all

    select
        source_name || ' returns' as what,
        count(*) as row_count
    from {{ ref('fct_returns') }}
    group by source_name

)

select
    expected.what,
    expected.row_count as expected_row_count,
    facts.row_count as fact_row_count
from expected
left join facts on expected.what = facts.what
where expected.row_count <> coalesce(facts.row_count, 0)
