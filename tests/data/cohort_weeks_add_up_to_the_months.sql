{{ config(tags=['every_row']) }}
-- All that cohorts did by week is what they did by month. Triangles by week cannot tell, since they
-- hold the newest cohorts only.
with

by_period as (

    {% for period in ["month", "week"] -%}
    select
        source_name,
        cut_name,
        cut_value,
        '{{ period }}' as period_name,
        {{ summed_cohort_measures() }}
    from {{ ref('int_cohorts__' ~ period ~ 's') }}
    group by source_name, cut_name, cut_value
    {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    source_name,
    cut_name,
    cut_value
from by_period
group by source_name, cut_name, cut_value
having
    count(*) <> 2
    -- Who was active in a month may have been so in several weeks.
    {%- for measure in cohort_measure_names() if measure != 'active_customer_count' %}
    or min({{ measure }}) <> max({{ measure }})
    {%- endfor %}
