{#
    The condition that a row of scores is of the newest run of its source, those of the CTE `latest` (latest_run).
    A join would do, but Postgres expects a ten-thousandth of the rows of it, and then looks seven million up one
    by one in the table that is joined next. From lists it expects many, and finds the rows of one customer by the
    index of source, run and customer; the pair is looked up in a hash, and in coalesce() is no join.

    rows: name of a CTE.
#}
{% macro is_of_latest_run(rows) -%}
    {%- set pair = "(" ~ rows ~ ".source_name, " ~ rows ~ ".run_id) in (select source_name, run_id from latest)" -%}
    {%- if target.type == "postgres" -%}
        {{ rows }}.source_name = any(array(select source_name from latest))
        and {{ rows }}.run_id = any(array(select run_id from latest))
        and coalesce({{ pair }}, false)
    {%- else -%}
        {{ pair }}
    {%- endif -%}
{%- endmacro %}
