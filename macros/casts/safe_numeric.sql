{#
    numeric(18, 4), or null where the text is none: NaN, Infinity and amounts of 13 digits are none.
    1e+05 is one: R and some spreadsheets write 100000 so.
#}
{% macro safe_numeric(column) -%}
    {{ adapter.dispatch("safe_numeric", "clientele")(column) }}
{%- endmacro %}

{% macro plain_number_pattern() -%}
    '^[+-]?([0-9]{1,12}([.][0-9]*)?|[.][0-9]+)$'
{%- endmacro %}

{% macro power_number_pattern() -%}
    '^[+-]?([0-9]{1,12}([.][0-9]*)?|[.][0-9]+)[eE][+-]?[0-9]{1,2}$'
{%- endmacro %}

{% macro default__safe_numeric(column) -%}
    case
        when trim({{ column }}) rlike {{ plain_number_pattern() }}
            then cast(trim({{ column }}) as decimal(18, 4))
        when trim({{ column }}) rlike {{ power_number_pattern() }}
            and abs(cast(trim({{ column }}) as double)) < 1e12
            then cast(cast(trim({{ column }}) as double) as decimal(18, 4))
    end
{%- endmacro %}

{% macro postgres__safe_numeric(column) -%}
    cast(
        case
            when trim({{ column }}) ~ {{ plain_number_pattern() }} then trim({{ column }})
            when trim({{ column }}) ~ {{ power_number_pattern() }}
                and abs(cast(trim({{ column }}) as numeric)) < 1e12
                then trim({{ column }})
        end
        as numeric(18, 4)
    )
{%- endmacro %}
