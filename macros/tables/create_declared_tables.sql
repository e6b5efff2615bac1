{#
    Creates the tables that others write and dbt only reads (raw.*, ml.*) from their sources YAML:
    missing tables are created, missing columns are added, nothing is ever dropped. A bare
    `dbt build` on an empty database therefore passes, and the YAML is the one contract that dbt,
    the loader and the ML jobs share. A table that is complete is not touched, so that no lock
    waits for a reader.
#}
{% macro create_declared_tables() %}
    {% if execute and flags.WHICH in ("build", "run", "test", "run-operation") %}
        {% set declared = declared_sources() %}
        {% do lock_declared_tables() %}
        {% for schema in declared | map(attribute="schema") | unique %}
            {% do run_query("create schema if not exists " ~ schema) %}
        {% endfor %}
        {% for node in declared %}
            {% for statement in declared_table_ddl(node) %}
                {% do run_query(statement) %}
            {% endfor %}
        {% endfor %}
        {% do prepare_roles() %}
        {% do run_query("commit") %}
    {% endif %}
{% endmacro %}

{# Two dbt runs that start together must not both create the same table. #}
{% macro lock_declared_tables() %}
    {% do adapter.dispatch("lock_declared_tables", "clientele")() %}
{% endmacro %}

{% macro default__lock_declared_tables() %}
{% endmacro %}

{% macro postgres__lock_declared_tables() %}
    {% do run_query("select pg_advisory_xact_lock(hashtext('clientele.create_declared_tables'))") %}
{% endmacro %}
