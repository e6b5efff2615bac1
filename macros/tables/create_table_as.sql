{#
    Two cases in which dbt-postgres would do more than is needed; all else is its own.
    A touched table is written once and soon dropped: it is not logged, and nothing for autovacuum.
    A table under a contract would be made empty and then inserted into, for which Postgres uses one
    process. Made from its rows at once it is made by several; whether it keeps its contract is seen
    afterwards (make_anew), here only of rows that replace a part.
#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set is_touched = temporary and relation.schema == touched_table(model).schema -%}
    {%- set is_contract = config.get("contract").enforced and (temporary or constraints_may_follow(model)) -%}
    {%- if is_touched or is_contract -%}
        {{ config.get("sql_header") or "" }}
        create {{ "unlogged" if is_touched or config.get("unlogged") }} {{ "temporary" if temporary and not is_touched }}
        table {{ relation }}
        {{ "with (autovacuum_enabled = false)" if is_touched }} as
        {{ sql }};
        {{ hold_to_contract(relation) if is_contract and temporary }}
    {%- else -%}
        {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- endif -%}
{%- endmacro %}

{# Whether Postgres can look at the constraints of a model once its rows are there. Keys need indexes. #}
{% macro constraints_may_follow(node) %}
    {% set others = (node.constraints or []) | rejectattr("type", "equalto", "check") | list %}
    {% for column in node.columns.values() %}
        {% do others.extend((column.constraints or []) | rejectattr("type", "in", ["not_null", "check"])) %}
    {% endfor %}
    {{ return(not others) }}
{% endmacro %}

{# One statement for all constraints of a model, so that one pass over the rows is enough. #}
{% macro add_constraints(relation) %}
    {% set added = [] %}
    {% set checks = model.constraints | list %}
    {% for column in model.columns.values() %}
        {% for constraint in column.constraints or [] %}
            {% if constraint.type == "not_null" %}
                {% do added.append("alter column " ~ column_name(column) ~ " set not null") %}
            {% else %}
                {% do checks.append(constraint) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% for check in checks %}
        {% set named = "constraint " ~ check.name if check.name else "" %}
        {% do added.append("add " ~ named ~ " check (" ~ check.expression ~ ")") %}
    {% endfor %}
    {% if added %}
        alter table {{ relation }} {{ added | join(", ") }};
    {% endif %}
{% endmacro %}

{% macro column_name(column) %}
    {{ return(adapter.quote(column.name) if column.quote else column.name) }}
{% endmacro %}
