{#
    Hash of what identifies a row of a source without keys: of its values and not of their
    spelling, since two exports may write 2.55 and 2.5500.
    columns: names of typed columns; a null counts as a value of its own.
#}
{% macro value_hash(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") -%}
    {%- endfor -%}
    {{ dbt.hash(parts | join(" || '|' || ")) }}
{%- endmacro %}
