{# The sample standard deviation of some gaps in days, from their squared sum, sum and number; null below two,
   and where the number is null. #}
{% macro gap_spread(squared_days, days, gap_count) -%}
    cast(
        sqrt(
            greatest(
                {{ squared_days }}
                - cast({{ days }} as numeric(18, 4)) * {{ days }} / nullif({{ gap_count }}, 0),
                0
            )
            / nullif({{ gap_count }} - 1, 0)
        ) as numeric(18, 4)
    )
{%- endmacro %}
