{#
    The measures of a cohort's cells, as select columns: all of them add up, and are 0 where `given`
    does not name an expression. What is unknown is counted beside what is known.
    given: {measure: expression}.
#}
{% macro cohort_measures(given) -%}
    {%- for measure in cohort_measure_names() %}
        {{ given.get(measure, "0") }} as {{ measure }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The same, summed up. Counts are whole numbers, amounts are money. #}
{% macro summed_cohort_measures() -%}
    {%- for measure in cohort_measure_names() %}
        {%- set type = money_type() if measure.endswith("_amount") else "bigint" %}
        cast(sum({{ measure }}) as {{ type }}) as {{ measure }}{{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Those that a triangle adds up over the life of a cohort. #}
{% macro cumulative_cohort_measure_names() %}
    {{ return([
        "order_count",
        "net_revenue_amount",
        "known_margin_amount",
        "unknown_margin_order_count",
        "returned_by_order_date_amount",
        "known_returned_margin_by_order_date_amount",
        "unknown_returned_margin_by_order_date_count",
        "returned_by_return_date_amount",
        "known_returned_margin_by_return_date_amount",
        "unknown_returned_margin_by_return_date_count",
    ]) }}
{% endmacro %}

{% macro cohort_measure_names() %}
    {{ return(
        ["active_customer_count"]
        + cumulative_cohort_measure_names()
        + ["unmatched_returned_amount", "returned_before_first_order_amount"]
    ) }}
{% endmacro %}
