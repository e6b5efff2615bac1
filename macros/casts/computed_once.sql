{#
    Put between `as` and `(` of a common table expression whose columns are dear and read several
    times: Postgres writes its text into every place that reads it, and parses each number and date as
    often as that. Other databases decide by themselves.
#}
{% macro computed_once() -%}
    {{ adapter.dispatch("computed_once", "clientele")() }}
{%- endmacro %}

{% macro default__computed_once() -%}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    materialized
{%- endmacro %}
