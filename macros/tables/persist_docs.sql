{#
    Descriptions as comments in the database, in one statement. dbt's own asks for the columns twice, once
    through the adapter, which builds a context of all macros for that one query, and comments on the table
    in a statement of its own: a tenth of the time of a small model.
#}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set comments = comments_on(relation, model, for_relation, for_columns) -%}
    {%- if comments -%}
        {% call statement("comments") %}{{ comments | join("\n") }}{% endcall %}
    {%- endif -%}
{%- endmacro %}

{% macro comments_on(relation, model, for_relation=True, for_columns=True) %}
    {% set comments = [] %}
    {% if for_relation and config.persist_relation_docs() and model.description %}
        {% do comments.append(alter_relation_comment(relation, model.description)) %}
    {% endif %}
    {% if for_columns and config.persist_column_docs() and model.columns %}
        {# Those of a contract are there. #}
        {% set documented = model.columns if config.get("contract").enforced else validate_doc_columns(
            relation, model.columns, get_columns_in_relation(relation) | map(attribute="name") | list
        ) %}
        {% for column in documented.values() %}
            {% do comments.append(
                "comment on column " ~ relation ~ "." ~ column_name(column)
                ~ " is " ~ postgres_escape_comment(column["description"]) ~ ";"
            ) %}
        {% endfor %}
    {% endif %}
    {{ return(comments) }}
{% endmacro %}
