{#
    The rows of a history as of each shop's today, as a query, for tables that are made anew every time. Any
    build looks the days up, for the reason of in_slices, once there is a table to look in. Join nothing to
    them by the day once more: Postgres would take that for a second cut, expect a few dozen rows, and hold
    every customer against every row (customer_360 of 15,000 customers: 29 s instead of 1).
    history: a relation with source_name and as_of_date.
#}
{% macro as_of_today(history) -%}
{%- set today = ref("int_calendar__today") %}
{%- set is_known = (
    execute and flags.WHICH in ("build", "run") and model.resource_type == "model"
    and target.type == "postgres" and load_relation(today) is not none
) %}
    select * from {{ history }} as history
    where
        {{ in_slices(
            "source_name", "as_of_date", "select source_name, as_of_date from " ~ today, is_known
        ) }}
{%- endmacro %}
