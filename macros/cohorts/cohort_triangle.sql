{#
    The triangles of all cohorts, as the body of a mart: the sums of cohort_sums per customer, with what is
    known of their maturity today.
    sums: a relation with the rows of cohort_sums.
    period: month or week.
    by_cut: whether there is a triangle per first category, country and channel, or one over all.
#}
{% macro cohort_triangle(sums, period, by_cut=false) -%}
{%- set start_date = period ~ "_start_date" -%}
{%- set cohort = "cohort_" ~ period -%}
with

so_far as (

    select
        sums.*,
        today.as_of_date,
        currencies.currency,
        {{ add_periods(period, "sums." ~ start_date, 1) }} as end_date
    from {{ sums }} as sums
    inner join {{ ref('int_calendar__today') }} as today
        on sums.source_name = today.source_name
    inner join {{ ref('int_sales__currencies') }} as currencies
        on sums.source_name = currencies.source_name
    where sums.cut_name {{ "<>" if by_cut else "=" }} 'all'

),

{#- A margin is known where that of every order, and of every return that is taken out, is known. #}
known as (

    select
        *,
        case when unknown_margin_order_count = 0 then known_margin_amount end as gross_margin_amount,
        case when unknown_margin_order_count_so_far = 0 then known_margin_amount_so_far end
            as gross_margin_so_far,
        {%- for date in ["order_date", "return_date"] %}
        net_revenue_amount_so_far - returned_by_{{ date }}_amount_so_far
            as kept_revenue_by_{{ date }}_so_far,
        case
            when
                unknown_margin_order_count_so_far = 0
                and unknown_returned_margin_by_{{ date }}_count_so_far = 0
                then
                    known_margin_amount_so_far
                    - known_returned_margin_by_{{ date }}_amount_so_far
        end as kept_margin_by_{{ date }}_so_far{{ "," if not loop.last }}
        {%- endfor %}
    from so_far

)

select
    source_name,
    {%- if by_cut %}
    cut_name,
    cut_value,
    {%- endif %}
    {{ cohort }},
    period_number,
    {{ start_date }},
    as_of_date,
    currency,
    end_date <= as_of_date as is_period_complete,
    {{ days_between(start_date, "least(end_date, as_of_date)") }} as observed_day_count,
    {{ days_between(start_date, "end_date") }} as period_day_count,
    {{ add_periods(period, cohort, 1) }} <= as_of_date as is_cohort_complete,
    cohort_size,
    cast(active_customer_count as int) as active_customer_count,
    cast(active_customer_count / cast(cohort_size as numeric(18, 4)) as numeric(18, 4))
        as retention_rate,
    order_count,
    unknown_margin_order_count,
    net_revenue_amount,
    cast(gross_margin_amount as {{ money_type() }}) as gross_margin_amount,
    known_margin_amount,
    returned_by_order_date_amount,
    returned_by_return_date_amount,
    unmatched_returned_amount,
    {%- set totals = {
        "cumulative_orders_per_customer": "order_count_so_far",
        "cumulative_net_revenue_per_customer_amount": "net_revenue_amount_so_far",
        "cumulative_kept_revenue_by_order_date_per_customer_amount":
            "kept_revenue_by_order_date_so_far",
        "cumulative_kept_revenue_by_return_date_per_customer_amount":
            "kept_revenue_by_return_date_so_far",
        "cumulative_margin_per_customer_amount": "gross_margin_so_far",
        "cumulative_kept_margin_by_order_date_per_customer_amount":
            "kept_margin_by_order_date_so_far",
        "cumulative_kept_margin_by_return_date_per_customer_amount":
            "kept_margin_by_return_date_so_far",
        "cumulative_known_margin_per_customer_amount": "known_margin_amount_so_far",
    } %}
    {%- for name, total in totals.items() %}
    cast({{ total }} / cast(cohort_size as numeric(18, 4)) as numeric(18, 4)) as {{ name }},
    {%- endfor %}
    cast(
        1 - unknown_margin_order_count_so_far / cast(nullif(order_count_so_far, 0) as numeric(18, 4))
        as numeric(18, 4)
    ) as cumulative_known_margin_order_share
from known
{%- endmacro %}
