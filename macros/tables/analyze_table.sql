{#
    Statistics of a table that was just built. Without them Postgres plans the next model by guesses:
    a join of four staging tables took 25 s instead of half a second. Of a table as small as a seed it
    guesses over a thousand rows, and Postgres never looks by itself.
#}
{% macro analyze_table() -%}
    {{ adapter.dispatch("analyze_table", "clientele")() }}
{%- endmacro %}

{% macro default__analyze_table() -%}
{%- endmacro %}

{% macro postgres__analyze_table() -%}
    {%- if model.config.materialized in ("table", "incremental", "seed") -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
