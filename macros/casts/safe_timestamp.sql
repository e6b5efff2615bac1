{#
    An ISO 8601 date or timestamp, or null where the text is none. Only year-month-day is taken:
    31/02/2024 and 02/03/2024 have no one meaning. 30 February is none either.
#}
{% macro safe_timestamp(column) -%}
    {{ adapter.dispatch("safe_timestamp", "clientele")(column) }}
{%- endmacro %}

{% macro default__safe_timestamp(column) -%}
    case when trim({{ column }}) rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?Z?)?$'
        then try_cast(trim({{ column }}) as timestamp) end
{%- endmacro %}

{% macro postgres__safe_timestamp(column) -%}
    case when trim({{ column }}) ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?Z?)?$'
        and pg_input_is_valid(trim({{ column }}), 'timestamp')
        then cast(trim({{ column }}) as timestamp) end
{%- endmacro %}
