{#
    The rows of a table by customer and day that a model restated by int_changes__audience_dates and
    int_changes__customers needs: all of them when everything is built.
#}
{% macro touched_days(relation) -%}
    select * from {{ relation }}
    {%- if is_incremental() %}
    where (source_name, as_of_date) in (
        select
            source_name,
            as_of_date
        from {{ ref('int_changes__audience_dates') }}
    )
    union all
    select * from {{ relation }}
    where
        customer_id in (select customer_id from {{ ref('int_changes__customers') }})
        and (source_name, as_of_date) not in (
            select
                source_name,
                as_of_date
            from {{ ref('int_changes__audience_dates') }}
        )
    {%- endif %}
{%- endmacro %}
