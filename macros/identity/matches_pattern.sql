{#
    Whether text matches a regular expression, a literal of SQL that both engines read alike: no
    backslashes, [.] for a dot.
#}
{% macro matches_pattern(column, pattern) -%}
    {{ adapter.dispatch("matches_pattern", "clientele")(column, pattern) }}
{%- endmacro %}

{% macro default__matches_pattern(column, pattern) -%}
    {{ column }} rlike {{ pattern }}
{%- endmacro %}

{% macro postgres__matches_pattern(column, pattern) -%}
    {{ column }} ~ {{ pattern }}
{%- endmacro %}
