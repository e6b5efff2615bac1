{{ config(tags=['every_row']) }}
-- Every mart of sales stands on these cells: what a month lost would be missing in all, unseen.
with

orders as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        'orders' as what,
        count(*) as row_count,
        sum(unit_count) as unit_count,
        sum(net_revenue_amount) as amount
    from {{ ref('fct_orders') }}
    group by source_name, {{ month_start("order_date") }}

),

items as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        count(*) as row_count,
        sum(quantity) as unit_count,
        sum(net_revenue_amount) as amount,
        sum(case when product_kind = 'product' then 1 else 0 end) as product_row_count,
        sum(case when product_kind = 'product' then quantity else 0 end) as product_unit_count,
        sum(case when product_kind = 'product' then net_revenue_amount else 0 end)
            as product_amount
    from {{ ref('fct_order_items') }}
    group by source_name, {{ month_start("order_date") }}

),

facts as (

    select * from orders

    union all

    select
        source_name,
        month_start_date,
        'lines' as what,
        row_count,
        unit_count,
        amount
    from items

    union all

    select
        source_name,
        month_start_date,
        'lines of products' as what,
        product_row_count as row_count,
        product_unit_count as unit_count,
        product_amount as amount
    from items
    where product_row_count > 0

    union all

    select
        source_name,
        {{ month_start("return_date") }} as month_start_date,
        'returns' as what,
        count(*) as row_count,
        sum(quantity) as unit_count,
        sum(returned_amount) as amount
    from {{ ref('fct_returns') }}
    group by source_name, {{ month_start("return_date") }}

),

cells as (

    select
        source_name,
        month_start_date,
        'orders' as what,
        cut_name as cell,
        sum(order_count) as row_count,
        sum(unit_count) as unit_count,
        sum(net_revenue_amount) as amount
    from {{ ref('int_sales__order_months') }}
    group by source_name, month_start_date, cut_name

    union all

    select
        source_name,
        month_start_date,
        'orders' as what,
        size_measure as cell,
        sum(order_count) as row_count,
        sum(unit_count) as unit_count,
        sum(net_revenue_amount) as amount
    from {{ ref('int_sales__basket_months') }}
    group by source_name, month_start_date, size_measure

    union all

    select
        source_name,
        month_start_date,
        'lines of products' as what,
        'price_bands' as cell,
        sum(line_count) as row_count,
        sum(unit_count) as unit_count,
        sum(net_revenue_amount) as amount
    from {{ ref('int_sales__price_band_months') }}
    group by source_name, month_start_date

    union all

    select
        source_name,
        month_start_date,
        'lines' as what,
        'products' as cell,
        sum(line_count) as row_count,
        sum(unit_count) as unit_count,
        sum(net_revenue_amount) as amount
    from {{ ref('int_products__product_months') }}
    where line_count > 0
    group by source_name, month_start_date

    union all

    select
        source_name,
        month_start_date,
        'returns' as what,
        'products' as cell,
        sum(return_count) as row_count,
        sum(returned_unit_count) as unit_count,
        sum(returned_amount) as amount
    from {{ ref('int_products__product_months') }}
    where return_count > 0
    group by source_name, month_start_date

),

kinds_of_cells as (

    select distinct
        what,
        cell
    from cells

),

expected as (

    select
        facts.*,
        kinds_of_cells.cell
    from facts
    inner join kinds_of_cells on facts.what = kinds_of_cells.what

)

select
    coalesce(expected.source_name, cells.source_name) as source_name,
    coalesce(expected.month_start_date, cells.month_start_date) as month_start_date,
    coalesce(expected.cell, cells.cell) as cell,
    expected.row_count,
    cells.row_count as cell_row_count,
    expected.unit_count,
    cells.unit_count as cell_unit_count,
    expected.amount,
    cells.amount as cell_amount
from expected
full outer join cells
    on
        expected.source_name = cells.source_name
        and expected.month_start_date = cells.month_start_date
        and expected.what = cells.what
        and expected.cell = cells.cell
where
    expected.row_count is null
    or cells.row_count is null
    or expected.row_count <> cells.row_count
    or expected.unit_count <> cells.unit_count
    or expected.amount <> cells.amount
