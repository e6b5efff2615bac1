{#
    Two cases in which dbt-postgres would do more than is needed; all else is its own.
    A touched table is written once and soon dropped: it is not logged, and nothing for autovacuum.
    A table under a contract would be made empty and then inserted into, for which Postgres uses one
    process. Made from its rows at once it has the same columns and types, by several. What the select
    gives is held against the contract either way; only constraints need the empty table.
#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set is_touched = temporary and relation.schema == touched_table(model).schema -%}
    {%- set is_contract = config.get("contract").enforced -%}
    {%- if is_touched or (is_contract and not temporary and not has_constraints(model)) -%}
        {{ config.get("sql_header") or "" }}
        create {{ "unlogged" if is_touched or config.get("unlogged") }} table {{ relation }}
        {{ "with (autovacuum_enabled = false)" if is_touched }} as
        {% if is_contract %}
        {{ get_assert_columns_equivalent(sql) }}
        select
            {%- for column in model.columns.values() %}
            {%- set name = adapter.quote(column.name) if column.quote else column.name %}
            cast({{ name }} as {{ column.data_type }}) as {{ name }}{{ "," if not loop.last }}
            {%- endfor %}
        from (
            {{ sql }}
        ) as rows_of_model
        {% else %}
        {{ sql }}
        {% endif %}
    {%- else -%}
        {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- endif -%}
{%- endmacro %}

{# Whether Postgres is to check the rows of a model too. #}
{% macro has_constraints(node) %}
    {% set found = node.constraints | list %}
    {% for column in node.columns.values() %}
        {% do found.extend(column.constraints or []) %}
    {% endfor %}
    {{ return(found | length > 0) }}
{% endmacro %}
