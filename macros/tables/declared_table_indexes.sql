{#
    Statements that make the indexes a declared table lacks: `config.meta.indexes`, and on a new raw
    table a BRIN over the batches. They have the names that Postgres would give them. One on the first
    columns of a new one, from before more were declared, goes.
#}
{% macro declared_table_indexes(node, table, is_new=true) %}
    {{ return(adapter.dispatch("declared_table_indexes", "clientele")(node, table, is_new)) }}
{% endmacro %}

{% macro default__declared_table_indexes(node, table, is_new) %}
    {{ return([]) }}
{% endmacro %}

{% macro postgres__declared_table_indexes(node, table, is_new) %}
    {% set statements = [] %}
    {% set indexes = node.meta.get("indexes", []) %}
    {% if is_new and node.source_meta.managed == "raw" %}
        {% do statements.append("create index on " ~ table ~ " using brin (_batch_id)") %}
    {% endif %}
    {% set existing = [] if is_new or not indexes else run_query(
        "select indexname from pg_indexes where schemaname = '" ~ node.schema
        ~ "' and tablename = '" ~ node.identifier ~ "'"
    ).columns[0].values() %}
    {% set names = [] %}
    {% for index in indexes %}
        {% do names.append(index_name(node, index.columns)) %}
    {% endfor %}
    {% for index in indexes %}
        {% set name = index_name(node, index.columns) %}
        {% if name not in existing %}
            {% do statements.append(
                "create " ~ ("unique " if index.get("unique") else "") ~ "index " ~ name ~ " on " ~ table
                ~ " (" ~ index.columns | join(", ") ~ ")"
                ~ (" where " ~ index["where"] if "where" in index else "")
            ) %}
            {% for count in range(1, index.columns | length) %}
                {% set narrower = index_name(node, index.columns[:count]) %}
                {% if narrower in existing and narrower not in names %}
                    {% do statements.append("drop index " ~ node.schema ~ "." ~ narrower) %}
                {% endif %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {{ return(statements) }}
{% endmacro %}

{% macro index_name(node, columns) %}
    {{ return((node.identifier ~ "_" ~ columns | join("_") ~ "_idx")[:63]) }}
{% endmacro %}
