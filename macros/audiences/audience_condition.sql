{# The condition that all rules of an audience hold for a row of `relation`, on every engine. #}
{% macro audience_condition(rules, columns, relation) -%}
    {%- for rule in rules -%}
        {%- if not loop.first %} and {% endif -%}
        {{- rule_condition(rule, columns, relation) | trim -}}
    {%- endfor -%}
{%- endmacro %}

{#
    A rule is "column operator value", or "column is known". What is unknown holds no rule but
    "is not known": a comparison with null is no yes.
#}
{% macro rule_condition(rule, columns, relation) -%}
    {%- set parts = {} -%}
    {{- read_audience_rule(rule, parts) -}}
    {%- set column = relation ~ "." ~ parts.column -%}
    {%- set literals = [] -%}
    {%- for value in parts["values"] -%}
        {%- do literals.append(audience_literal(value, columns[parts.column].kind) | trim) -%}
    {%- endfor -%}
    {%- if parts.operator == "is known" -%} {{ column }} is not null
    {%- elif parts.operator == "is not known" -%} {{ column }} is null
    {%- elif parts.operator in ("in", "not in") -%} {{ column }} {{ parts.operator }} ({{ literals | join(", ") }})
    {%- else -%} {{ column }} {{ parts.operator | replace("!=", "<>") }} {{ literals[0] }}
    {%- endif -%}
{%- endmacro %}

{# Put column, operator and values of a rule into `parts`; nothing if it is none. #}
{% macro read_audience_rule(rule, parts) -%}
    {%- set pattern = "^\\s*([a-z][a-z0-9_]*)\\s*(?:(<=|>=|!=|=|<|>)|\\s(not in|in|is not known|is known)\\b)\\s*(.*?)\\s*$" -%}
    {%- set found = modules.re.match(pattern, rule | string) -%}
    {%- if found -%}
        {%- set operator = found.group(2) or found.group(3) -%}
        {%- set rest = found.group(4) -%}
        {%- set values = [] -%}
        {%- for value in rest.split(",") if operator in ("in", "not in") -%}
            {%- do values.append(value | trim) -%}
        {%- endfor -%}
        {%- do parts.update({"column": found.group(1), "operator": operator}) -%}
        {%- do parts.update({"values": values or ([rest] if rest else [])}) -%}
    {%- endif -%}
{%- endmacro %}

{# A value as a literal of its kind; nothing if it is none. #}
{% macro audience_literal(value, kind) -%}
    {%- if kind == "text" -%} '{{ value | string | replace("'", "''") }}'
    {%- elif kind == "date" and audience_day(value) | trim -%} cast('{{ value }}' as date)
    {%- elif kind == "boolean" and value in ("true", "false") -%} {{ value }}
    {%- elif kind == "number" and modules.re.match("^-?[0-9]{1,12}([.][0-9]{1,9})?$", value) -%} {{ value }}
    {%- endif -%}
{%- endmacro %}

{# The value itself if it is a day of the calendar, written 2024-12-31; else nothing. #}
{% macro audience_day(value) -%}
    {%- set found = modules.re.match("^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", value | string) -%}
    {%- if found -%}
        {%- set first = modules.datetime.date(found.group(1) | int, found.group(2) | int, 1) -%}
        {%- set day = first + modules.datetime.timedelta(days=found.group(3) | int - 1) -%}
        {%- if day.month == first.month -%} {{ value }} {%- endif -%}
    {%- endif -%}
{%- endmacro %}
