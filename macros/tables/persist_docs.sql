{#
    Descriptions as comments in the database, in one statement. dbt's own asks for the columns twice, once
    through the adapter, which builds a context of all macros for that one query, and comments on the table
    in a statement of its own: a tenth of the time of a small model.
#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set comments = [] -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do comments.append(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() and model.columns -%}
        {%- set there = get_columns_in_relation(relation) | map(attribute="name") | list -%}
        {%- for name, column in validate_doc_columns(relation, model.columns, there).items() -%}
            {%- set target = relation ~ "." ~ (adapter.quote(name) if column["quote"] else name) -%}
            {%- do comments.append(
                "comment on column " ~ target ~ " is " ~ postgres_escape_comment(column["description"]) ~ ";"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if comments -%}
        {% call statement("comments") %}{{ comments | join("\n") }}{% endcall %}
    {%- endif -%}
{%- endmacro %}
