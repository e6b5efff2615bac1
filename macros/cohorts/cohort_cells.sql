{#
    What the customers of each cohort did in each month or week, by cut, as the body of a model. A row depends
    on the facts of its own period only, except for returns: they also count in the period of the
    order that they came from.
    period: month or week.
    changed: the model with the periods to replace, where not all are.
#}
{% macro cohort_cells(period, changed) -%}
{%- set start_date = period ~ "_start_date" -%}
with

orders as (

    select
        orders.customer_id,
        cast({{ dbt.date_trunc(period, "orders.order_date") }} as date) as {{ start_date }},
        count(*) as order_count,
        sum(orders.net_revenue_amount) as net_revenue_amount,
        count(orders.gross_margin_amount) as known_margin_count,
        sum(orders.gross_margin_amount) as known_margin_amount
    from {{ ref('int_sales__order_history') }} as orders
    inner join {{ ref('int_calendar__today') }} as today
        on orders.source_name = today.source_name
    where
        orders.order_date < today.as_of_date
        {{- in_changed_period('orders.order_date', period, changed) }}
    group by
        orders.customer_id,
        cast({{ dbt.date_trunc(period, "orders.order_date") }} as date)

),

returned as (

    select
        *,
        coalesce(returned_margin_amount, 0) as known_margin_amount,
        case when returned_margin_amount is null then 1 else 0 end as unknown_margin_count
    from {{ ref('int_cohorts__returns') }}

),

activity as (

    select
        customer_id,
        {{ start_date }},
        {{- cohort_measures({
            "active_customer_count": "1",
            "order_count": "order_count",
            "net_revenue_amount": "net_revenue_amount",
            "known_margin_amount": "coalesce(known_margin_amount, 0)",
            "unknown_margin_order_count": "order_count - known_margin_count",
        }) }}
    from orders

    union all

    select
        customer_id,
        cast({{ dbt.date_trunc(period, "order_date") }} as date) as {{ start_date }},
        {{- cohort_measures({
            "returned_by_order_date_amount": "returned_amount",
            "known_returned_margin_by_order_date_amount": "known_margin_amount",
            "unknown_returned_margin_by_order_date_count": "unknown_margin_count",
        }) }}
    from returned
    where
        order_date is not null
        {{- in_changed_period('order_date', period, changed) }}

    union all

    select
        customer_id,
        cast({{ dbt.date_trunc(period, "return_date") }} as date) as {{ start_date }},
        {{- cohort_measures({
            "returned_by_return_date_amount": "returned_amount",
            "known_returned_margin_by_return_date_amount": "known_margin_amount",
            "unknown_returned_margin_by_return_date_count": "unknown_margin_count",
            "unmatched_returned_amount":
                "case when order_date is null then returned_amount else 0 end",
        }) }}
    from returned
    where
        not is_before_first_order
        {{- in_changed_period('return_date', period, changed) }}

    union all

    -- What came back before the first known order was bought before the data begins.
    select
        customer_id,
        cast({{ dbt.date_trunc(period, "return_date") }} as date) as {{ start_date }},
        {{- cohort_measures({"returned_before_first_order_amount": "returned_amount"}) }}
    from returned
    where
        is_before_first_order
        {{- in_changed_period('return_date', period, changed) }}

),

cells as (

    select
        customers.source_name,
        activity.{{ start_date }},
        customers.cohort_{{ period }},
        customers.first_category,
        customers.first_country,
        customers.first_channel,
        {{- summed_cohort_measures() }}
    from activity
    inner join {{ ref('int_cohorts__customers') }} as customers
        on activity.customer_id = customers.customer_id
    group by
        customers.source_name,
        activity.{{ start_date }},
        customers.cohort_{{ period }},
        customers.first_category,
        customers.first_country,
        customers.first_channel

)

{#- By cut, as the triangles read them: a day then adds up the changed periods only. #}
{{ cohort_cuts(
    "cells",
    ["cohort_" ~ period, start_date],
    ["all", "category", "country", "channel"],
    summed_cohort_measures(),
) }}
{%- endmacro %}

{# The cut of a day to the periods that are replaced, where not all are. #}
{% macro in_changed_period(day, period, changed) -%}
    {%- if is_incremental() %}
        and {{ day }} >= (select min({{ period }}_start_date) from {{ changed }})
        and cast({{ dbt.date_trunc(period, day) }} as date) in (
            select {{ period }}_start_date
            from {{ changed }}
        )
    {%- endif -%}
{%- endmacro %}
