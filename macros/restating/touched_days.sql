{#
    The rows of a table by customer and day that a model restated by int_changes__audience_dates and
    int_changes__customers needs: all of them when everything is built.
#}
{% macro touched_days(relation) -%}
    {%- set of_touched_date = in_slices(
        "source_name", "as_of_date",
        "select source_name, as_of_date from " ~ ref('int_changes__audience_dates')
    ) if is_incremental() -%}
    select * from {{ relation }}
    {%- if is_incremental() %}
    where {{ of_touched_date }}
    union all
    select * from {{ relation }}
    where
        customer_id in (select customer_id from {{ ref('int_changes__customers') }})
        and not {{ of_touched_date }}
    {%- endif %}
{%- endmacro %}
