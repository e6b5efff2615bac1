{#
    What a cohort has come to after some whole months. Null where the month is not over: a young
    cohort has no value at twelve months, and a low one is not it.
#}
{%- set values = {
    "net_revenue_per_customer": "cumulative_net_revenue_per_customer_amount",
    "kept_revenue_per_customer": "cumulative_kept_revenue_by_order_date_per_customer_amount",
    "kept_margin_per_customer": "cumulative_kept_margin_by_order_date_per_customer_amount",
} %}
with

months as (

    select * from {{ ref('cohort_months') }}

),

read_off as (

    select
        source_name,
        cohort_month,
        as_of_date,
        currency,
        cohort_size,
        is_cohort_complete,
        max(case when is_period_complete then period_number end) as complete_month_number,
        {%- for month in [1, 3, 6, 12] %}
        cast(
            max(
                case when is_period_complete and period_number = {{ month }} then retention_rate end
            ) as numeric(18, 4)
        ) as retention_rate_month_{{ month }},
        {%- endfor %}
        {%- for name, measure in values.items() %}
        {%- for month in [3, 6, 12] %}
        cast(
            max(case when is_period_complete and period_number = {{ month }} then {{ measure }} end)
            as {{ money_type() }}
        ) as {{ name }}_month_{{ month }}_amount,
        {%- endfor %}
        {%- endfor %}
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(returned_by_return_date_amount) as returned_amount,
        sum(unmatched_returned_amount) as unmatched_returned_amount
    from months
    group by source_name, cohort_month, as_of_date, currency, cohort_size, is_cohort_complete

),

-- What came back before the first known order stands outside the triangle.
earlier as (

    select
        source_name,
        cohort_month,
        sum(returned_before_first_order_amount) as returned_before_first_order_amount
    from {{ ref('int_cohorts__months') }}
    where cut_name = 'all'
    group by source_name, cohort_month

),

firsts as (

    select
        source_name,
        min(cohort_month) as first_cohort_month
    from months
    group by source_name

)

select
    read_off.source_name,
    read_off.cohort_month,
    read_off.as_of_date,
    read_off.currency,
    read_off.cohort_month = firsts.first_cohort_month as is_first_cohort,
    read_off.is_cohort_complete,
    read_off.complete_month_number,
    read_off.cohort_size,
    {%- for month in [1, 3, 6, 12] %}
    read_off.retention_rate_month_{{ month }},
    {%- endfor %}
    {%- for name in values %}
    {%- for month in [3, 6, 12] %}
    read_off.{{ name }}_month_{{ month }}_amount,
    {%- endfor %}
    {%- endfor %}
    cast(read_off.order_count as bigint) as order_count,
    cast(read_off.net_revenue_amount as {{ money_type() }}) as net_revenue_amount,
    cast(read_off.returned_amount as {{ money_type() }}) as returned_amount,
    cast(read_off.unmatched_returned_amount as {{ money_type() }}) as unmatched_returned_amount,
    cast(earlier.returned_before_first_order_amount as {{ money_type() }})
        as returned_before_first_order_amount
from read_off
inner join earlier
    on
        read_off.source_name = earlier.source_name
        and read_off.cohort_month = earlier.cohort_month
inner join firsts on read_off.source_name = firsts.source_name
