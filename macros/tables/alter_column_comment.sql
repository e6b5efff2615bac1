{#
    dbt-postgres's own, which asks for the columns through the adapter: that builds a context of all
    macros for one query, for every table of every build.
#}
{% macro postgres__alter_column_comment(relation, column_dict) -%}
    {%- set there = get_columns_in_relation(relation) | map(attribute="name") | list -%}
    {%- for name, column in column_dict.items() if name in there %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column["quote"] else name }}
    is {{ postgres_escape_comment(column["description"]) }};
    {%- endfor %}
{%- endmacro %}
