{# The numbers 1 to `upper_bound`, as a CTE body with the column generated_number, on every engine. #}
{% macro number_spine(upper_bound) -%}
    {{ dbt.generate_series(upper_bound) }}
{%- endmacro %}
