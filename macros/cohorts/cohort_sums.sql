{#
    What the cohorts have come to, as a query: a row for every month or week that has begun since the
    cohort did, zero where nobody bought, with the measures of cohort_measure_names and, as
    <measure>_so_far, what has come together up to it.
    period: month or week. By week it holds the cohorts of the last weeks only (var cohort_weeks_kept).
    cuts: of all, category, country and channel.
    changed: the model with the periods to replace, where not all are: the first of them and all since.
#}
{% macro cohort_sums(period, cuts, changed=none) -%}
{%- set start_date = period ~ "_start_date" -%}
{%- set cohort = "cohort_" ~ period -%}
{%- set most_periods = {"month": 1200, "week": 5220} -%}
{%- set is_part = changed is not none and is_incremental() -%}
with

kept_cells as ({{ kept_cohorts(ref('int_cohorts__' ~ period ~ 's'), period) }}),

kept_customers as ({{ kept_cohorts(ref('int_cohorts__customers'), period) }}),

{#- Put aside, so that they are joined by a hash: Postgres expects few rows of a triangle, and looked the
    cells of a whole month up for each of 26,000. #}
cells as {{ computed_once() }} (

    select *
    from kept_cells
    where
        cut_name in ('{{ cuts | join("', '") }}')
        {{- and_since_the_first(start_date, changed) }}

),

sizes as (
    {{ cohort_cuts(
        'kept_customers',
        [cohort],
        cuts,
        "cast(count(*) as int) as cohort_size"
    ) }}

),

bounds as (

    select
        sizes.source_name,
        today.as_of_date,
        min(sizes.{{ cohort }}) as first_start_date
    from sizes
    inner join {{ ref('int_calendar__today') }} as today
        on sizes.source_name = today.source_name
    group by sizes.source_name, today.as_of_date

),

numbers as (

    {{ number_spine(most_periods[period]) }}

),

periods as (

    select
        bounds.*,
        {{ add_periods(
            period, "bounds.first_start_date", "cast(numbers.generated_number - 1 as int)"
        ) }} as {{ start_date }}
    from bounds
    cross join numbers

),

triangles as (

    select
        sizes.*,
        periods.{{ start_date }},
        {{ periods_between(period, "sizes." ~ cohort, "periods." ~ start_date) }} as period_number
    from sizes
    inner join periods
        on
            sizes.source_name = periods.source_name
            and sizes.{{ cohort }} <= periods.{{ start_date }}
    where
        periods.{{ start_date }} < periods.as_of_date
        {{- and_since_the_first("periods." ~ start_date, changed) }}

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

{%- if is_part %}
-- What had come together before the first changed period.
earlier as (

    select
        source_name,
        cut_name,
        cut_value,
        {{ cohort }},
        {{- summed_cohort_measures() }}
    from kept_cells
    where
        {{ start_date }} >= {{ cohort }}
        and {{ start_date }} < (select min({{ start_date }}) from {{ changed }})
    group by source_name, cut_name, cut_value, {{ cohort }}

),

{% endif -%}
so_far as (

    select
        filled.*,
        {%- for measure in cumulative_cohort_measure_names() %}
        {%- set type = money_type() if measure.endswith("_amount") else "bigint" %}
        cast(
            sum(filled.{{ measure }}) over (
                partition by
                    filled.source_name, filled.cut_name, filled.cut_value, filled.{{ cohort }}
                order by filled.period_number
                rows between unbounded preceding and current row
            )
            {%- if is_part %} + coalesce(earlier.{{ measure }}, 0){% endif %}
            as {{ type }}
        ) as {{ measure }}_so_far{{ "," if not loop.last }}
        {%- endfor %}
    from filled
    {%- if is_part %}
    left join earlier
        on
            filled.source_name = earlier.source_name
            and filled.cut_name = earlier.cut_name
            and filled.cut_value = earlier.cut_value
            and filled.{{ cohort }} = earlier.{{ cohort }}
    {%- endif %}

)

select *
from so_far
{%- endmacro %}

{# The cut of a part to the first changed period and all since, where not all are made. #}
{% macro and_since_the_first(start_date, changed) -%}
    {%- if changed is not none and is_incremental() %}
        and {{ start_date }} >= (select min({{ start_date.split(".")[-1] }}) from {{ changed }})
    {%- endif -%}
{%- endmacro %}
