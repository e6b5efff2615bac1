{#
    The triangles of all cohorts, as the body of a mart: a row for every month or week that has begun
    since the cohort did, zero where nobody bought, with what has come together up to it.
    period: month or week. By week it holds the cohorts of the last weeks only (var cohort_weeks_kept).
    by_cut: whether there is a triangle per first category, country and channel, or one over all.
#}
{% macro cohort_triangle(period, by_cut=false) -%}
{%- set start_date = period ~ "_start_date" -%}
{%- set cohort = "cohort_" ~ period -%}
{%- set most_periods = {"month": 1200, "week": 5220} -%}
with

kept_cells as ({{ kept_cohorts(ref('int_cohorts__' ~ period ~ 's'), period) }}),

kept_customers as ({{ kept_cohorts(ref('int_cohorts__customers'), period) }}),

{#- Put aside, so that they are joined by a hash: Postgres expects few rows of a triangle, and looked the
    cells of a whole month up for each of 26,000. #}
cells as {{ computed_once() }} (

    select *
    from kept_cells
    where cut_name {{ "<>" if by_cut else "=" }} 'all'

),

sizes as (
    {{ cohort_cuts(
        'kept_customers',
        [cohort],
        ["category", "country", "channel"] if by_cut else ["all"],
        "cast(count(*) as int) as cohort_size"
    ) }}

),

bounds as (

    select
        sizes.source_name,
        today.as_of_date,
        currencies.currency,
        min(sizes.{{ cohort }}) as first_start_date
    from sizes
    inner join {{ ref('int_calendar__today') }} as today
        on sizes.source_name = today.source_name
    inner join {{ ref('int_sales__currencies') }} as currencies
        on sizes.source_name = currencies.source_name
    group by sizes.source_name, today.as_of_date, currencies.currency

),

numbers as (

    {{ number_spine(most_periods[period]) }}

),

periods as (

    select
        bounds.*,
        {{ add_periods(
            period, "bounds.first_start_date", "cast(numbers.generated_number - 1 as int)"
        ) }} as {{ start_date }},
        {{ add_periods(
            period, "bounds.first_start_date", "cast(numbers.generated_number as int)"
        ) }} as end_date
    from bounds
    cross join numbers

),

triangles as (

    select
        sizes.*,
        periods.currency,
        periods.as_of_date,
        periods.{{ start_date }},
        periods.end_date,
        {{ periods_between(period, "sizes." ~ cohort, "periods." ~ start_date) }} as period_number
    from sizes
    inner join periods
        on
            sizes.source_name = periods.source_name
            and sizes.{{ cohort }} <= periods.{{ start_date }}
    where periods.{{ start_date }} < periods.as_of_date

),

filled as (

    select
        triangles.*,
        {%- for measure in cohort_measure_names() %}
        {%- set type = money_type() if measure.endswith("_amount") else "bigint" %}
        cast(coalesce(cells.{{ measure }}, 0) as {{ type }})
            as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from triangles
    left join cells
        on
            triangles.source_name = cells.source_name
            and triangles.cut_name = cells.cut_name
            and triangles.cut_value = cells.cut_value
            and triangles.{{ cohort }} = cells.{{ cohort }}
            and triangles.{{ start_date }} = cells.{{ start_date }}

),

so_far as (

    select
        *,
        {%- for measure in cumulative_cohort_measure_names() %}
        sum({{ measure }}) over (
            partition by source_name, cut_name, cut_value, {{ cohort }}
            order by period_number
            rows between unbounded preceding and current row
        ) as {{ measure }}_so_far{{ "," if not loop.last }}
        {%- endfor %}
    from filled

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
    cast({{ total }} / cohort_size as numeric(18, 4)) as {{ name }},
    {%- endfor %}
    cast(
        1 - unknown_margin_order_count_so_far / cast(nullif(order_count_so_far, 0) as numeric(18, 4))
        as numeric(18, 4)
    ) as cumulative_known_margin_order_share
from known
{%- endmacro %}
