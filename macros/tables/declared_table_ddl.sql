{#
    The statements that bring one declared table up to its contract: none when it is complete.
    `managed: raw` adds the landing columns (batch, row number, time, file); on Postgres COPY fills
    them from column defaults, so that the loader can stream a file's bytes as they are.
#}
{% macro declared_table_ddl(node) %}
    {% set relation = adapter.get_relation(node.database, node.schema, node.identifier) %}
    {% set table = node.schema ~ "." ~ node.identifier %}
    {% if relation is none %}
        {{ return(create_declared_table(node, table)) }}
    {% endif %}
    {% set existing = get_columns_in_relation(relation) | map(attribute="name") | list %}
    {% set statements = [] %}
    {% for column in node.columns.values() if column.name not in existing %}
        {% do statements.append(
            "alter table " ~ table ~ " add column " ~ column.name ~ " "
            ~ clientele_type(column.data_type)
        ) %}
    {% endfor %}
    {% do statements.extend(declared_table_indexes(node, table, is_new=false)) %}
    {{ return(statements) }}
{% endmacro %}

{% macro create_declared_table(node, table) %}
    {% set columns = [] %}
    {% for column in node.columns.values() %}
        {% do columns.append(column.name ~ " " ~ clientele_type(column.data_type)) %}
    {% endfor %}
    {% set statements = [] %}
    {% if node.source_meta.managed == "raw" %}
        {% set landing = landing_columns(table) %}
        {% do columns.extend(landing.columns) %}
        {% do statements.extend(landing.before) %}
    {% endif %}
    {% do statements.append("create table " ~ table ~ " (" ~ columns | join(", ") ~ ")") %}
    {% do statements.extend(declared_table_indexes(node, table)) %}
    {{ return(statements) }}
{% endmacro %}
