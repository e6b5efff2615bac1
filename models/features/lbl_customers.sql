{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    on_schema_change='fail',
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
    select
        customer_id,
        source_name,
        as_of_date
    from {{ ref('int_features__customer_orders') }}
    {{ if_restating(
        'where (source_name, as_of_date) in (select source_name, as_of_date from ' ~ changed_dates ~ ')'
        ~ ' or (customer_id, as_of_date) in (select customer_id, as_of_date from ' ~ changed_customers ~ ')'
    ) }}

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
        as_of_dates.as_of_date,
        orders.customer_id,
        cast(count(*) as int) as future_order_count,
        sum(orders.net_revenue_amount) as future_net_revenue_amount
    from {{ ref('int_sales__order_history') }} as orders
    inner join as_of_dates
        on
            orders.source_name = as_of_dates.source_name
            and orders.order_date >= as_of_dates.as_of_date
            and orders.order_date < as_of_dates.label_end_date
    {% if is_incremental() %}
    where
        (as_of_dates.source_name, as_of_dates.as_of_date) in (
            select
                source_name,
                as_of_date
            from {{ changed_dates }}
        )
        or orders.customer_id in (select customer_id from {{ changed_customers }})
    {% endif %}
    group by as_of_dates.as_of_date, orders.customer_id

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
