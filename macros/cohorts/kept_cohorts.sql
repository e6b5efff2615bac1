{#
    The rows of the cohorts that a triangle holds, as a CTE body: by month all of them, by week the newest
    (var cohort_weeks_kept). A triangle grows with the square of what it holds, and is made anew every
    day: the weeks of twenty years are millions of cells, and nobody looks at a single week of twenty
    years ago.
#}
{% macro kept_cohorts(relation, period) -%}
{%- set weeks = var("cohort_weeks_kept") | int if period == "week" else 0 %}
    select cohorts.*
    from {{ relation }} as cohorts
    {%- if weeks > 0 %}
    inner join {{ ref('int_calendar__today') }} as today
        on cohorts.source_name = today.source_name
    where
        cohorts.cohort_week >= {{ add_days(
            "cast(" ~ dbt.date_trunc("week", add_days("today.as_of_date", -1)) ~ " as date)",
            -7 * (weeks - 1),
        ) }}
    {%- endif %}

{% endmacro %}
