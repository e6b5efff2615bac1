{# Indexes of a declared table: `config.meta.indexes`, and on raw tables a BRIN over the batches. #}
{% macro declared_table_indexes(node, table) %}
    {{ return(adapter.dispatch("declared_table_indexes", "clientele")(node, table)) }}
{% endmacro %}

{% macro default__declared_table_indexes(node, table) %}
    {{ return([]) }}
{% endmacro %}

{% macro postgres__declared_table_indexes(node, table) %}
    {% set statements = [] %}
    {% if node.source_meta.managed == "raw" %}
        {% do statements.append("create index on " ~ table ~ " using brin (_batch_id)") %}
    {% endif %}
    {% for index in node.meta.get("indexes", []) %}
        {% do statements.append(
            "create " ~ ("unique " if index.get("unique") else "") ~ "index on " ~ table
            ~ " (" ~ index.columns | join(", ") ~ ")"
            ~ (" where " ~ index["where"] if "where" in index else "")
        ) %}
    {% endfor %}
    {{ return(statements) }}
{% endmacro %}
