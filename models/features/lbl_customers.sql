{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, as_of_date', 'int_changes__label_dates'],
        ['customer_id, as_of_date', 'int_changes__customer_dates']
    ]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{%- set changed_dates = ref('int_changes__label_dates') %}
{%- set changed_customers = ref('int_changes__customer_dates') %}
with

as_of_dates as (

    -- Only windows that are over: a label from an open window would call the undecided churned.
    select * from {{ ref('int_calendar__as_of_dates') }}
    where is_label_complete

),

described as (

    -- Everyone whom a feature row describes: at least one order strictly before the as-of date.
    {% set features = ref('int_features__customer_orders') %}
    select
        customer_id,
        source_name,
        as_of_date
    from {{ features }}
    {% if is_incremental() %}
    where {{ in_slices(
        "source_name", "as_of_date", "select source_name, as_of_date from " ~ changed_dates
    ) }}
    union distinct
    select
        customer_id,
        source_name,
        as_of_date
    from {{ features }}
    where (customer_id, as_of_date) in (
        select
            customer_id,
            as_of_date
        from {{ changed_customers }}
    )
    {% endif %}

),

population as (

    select
        as_of_dates.as_of_date,
        as_of_dates.label_end_date,
        as_of_dates.source_name,
        described.customer_id
    from as_of_dates
    inner join described
        on
            as_of_dates.source_name = described.source_name
            and as_of_dates.as_of_date = described.as_of_date

),

bought as (

    -- Summed up before it is joined, since most customers buy nothing in most windows.
    select
        windows.as_of_date,
        orders.customer_id,
        cast(count(*) as int) as future_order_count,
        sum(orders.net_revenue_amount) as future_net_revenue_amount
    {% if is_incremental() %}
    from population as windows
    inner join {{ ref('int_sales__order_history') }} as orders
        on
            windows.customer_id = orders.customer_id
            and windows.source_name = orders.source_name
            and orders.order_date >= windows.as_of_date
            and orders.order_date < windows.label_end_date
    {% else %}
    from as_of_dates as windows
    inner join {{ ref('int_sales__order_history') }} as orders
        on
            windows.source_name = orders.source_name
            and orders.order_date >= windows.as_of_date
            and orders.order_date < windows.label_end_date
    {% endif %}
    group by windows.as_of_date, orders.customer_id

)

select
    population.as_of_date,
    population.customer_id,
    population.source_name,
    {{ var("churn_horizon_days") }} as horizon_days,
    population.label_end_date,
    coalesce(bought.future_order_count, 0) as future_order_count,
    cast(coalesce(bought.future_net_revenue_amount, 0) as {{ money_type() }})
        as future_net_revenue_amount,
    bought.customer_id is null as is_churned
from population
left join bought
    on population.as_of_date = bought.as_of_date and population.customer_id = bought.customer_id
-- Date by date, for those who read or replace one.
order by population.as_of_date
