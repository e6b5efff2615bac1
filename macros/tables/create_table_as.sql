{#
    Two cases in which dbt-postgres would do more than is needed; all else is its own.
    A touched table is written once and soon dropped: it is not logged, and nothing for autovacuum.
    A table under a contract would be made empty and then inserted into, for which Postgres uses one
    process. Made from its rows at once it has the same columns and types, by several, and one look at
    them then tells whether they keep its constraints. What the select gives is held against the contract
    either way.
#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set is_touched = temporary and relation.schema == touched_table(model).schema -%}
    {%- set is_contract = config.get("contract").enforced -%}
    {%- if is_touched or (is_contract and not temporary and constraints_may_follow(model)) -%}
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
        ) as rows_of_model;
        {{ add_constraints(relation) if not temporary }}
        {% else %}
        {{ sql }}
        {% endif %}
    {%- else -%}
        {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- endif -%}
{%- endmacro %}

{# Whether Postgres can look at the constraints of a model once its rows are there. Keys need indexes. #}
{% macro constraints_may_follow(node) %}
    {% set others = [] %}
    {% for column in node.columns.values() %}
        {% do others.extend((column.constraints or []) | rejectattr("type", "in", ["not_null", "check"])) %}
    {% endfor %}
    {{ return(not others and not node.constraints) }}
{% endmacro %}

{# One statement for the constraints of all columns, so that one pass over the rows is enough. #}
{% macro add_constraints(relation) %}
    {% set added = [] %}
    {% for column in model.columns.values() %}
        {% set name = adapter.quote(column.name) if column.quote else column.name %}
        {% for constraint in column.constraints or [] %}
            {% if constraint.type == "not_null" %}
                {% do added.append("alter column " ~ name ~ " set not null") %}
            {% else %}
                {% set named = "constraint " ~ constraint.name if constraint.name else "" %}
                {% do added.append("add " ~ named ~ " check (" ~ constraint.expression ~ ")") %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% if added %}
        alter table {{ relation }} {{ added | join(", ") }};
    {% endif %}
{% endmacro %}
