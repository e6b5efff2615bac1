{#
    dbt calls this after building a table, with the `grants` of its config. Ours differ in two ways.

    Roles of Clientele that the server does not have are passed over, so that a build passes on a
    server where nobody made them.

    On a table with columns tagged `pii` the reader gets the other columns one by one and no privilege
    on the table. dbt's own comparison of what is granted with what should be knows table privileges
    only, so it neither sees nor takes away what stands on columns. Columns that the YAML does not know
    are left out too: nobody has said that they are not personal.
#}
{% macro postgres__apply_grants(relation, grant_config, should_revoke=True) %}
    {% set wanted = grant_config or {} %}
    {% set own = [] %}
    {% for grantee in wanted.values() | sum(start=[]) if is_own_role(grantee) %}
        {% do own.append(grantee) %}
    {% endfor %}
    {% set there = existing_roles(own) %}
    {% set grants = {} %}
    {% set by_column = personal_columns() | length > 0 and "clientele_reader" in there %}
    {% for privilege, grantees in wanted.items() if grants_are_on() %}
        {% set kept = [] %}
        {% for grantee in grantees if not is_own_role(grantee) or grantee in there %}
            {% if not (by_column and grantee == "clientele_reader") %}
                {% do kept.append(grantee) %}
            {% endif %}
        {% endfor %}
        {% if kept or by_column %}
            {% do grants.update({privilege: kept}) %}
        {% endif %}
    {% endfor %}
    {{ default__apply_grants(relation, grants, should_revoke) }}
    {% if by_column and "clientele_reader" in wanted.get("select", []) %}
        {% do grant_columns(relation, "clientele_reader") %}
    {% endif %}
{% endmacro %}

{# Open-source Spark has no roles; who may read what is settled by its catalogue. #}
{% macro spark__apply_grants(relation, grant_config, should_revoke=True) %}
{% endmacro %}

{#
    What was granted before goes first, also on the table: a column that was tagged since must not stay
    readable.
#}
{% macro grant_columns(relation, role) %}
    {% set hidden = personal_columns() %}
    {% set shown = [] %}
    {% for column in get_columns_in_relation(relation) %}
        {% if column.name in model.columns and column.name not in hidden %}
            {% do shown.append(column.quoted) %}
        {% endif %}
    {% endfor %}
    {% do run_query("revoke select on " ~ relation ~ " from " ~ role) %}
    {% if shown %}
        {% do run_query("grant select (" ~ shown | join(", ") ~ ") on " ~ relation ~ " to " ~ role) %}
    {% endif %}
{% endmacro %}

{# Columns of the model at hand that are tagged `config: {meta: {pii: true}}`. #}
{% macro personal_columns() %}
    {% set found = [] %}
    {% for column in model.columns.values() %}
        {% set config = column.get("config") or {} %}
        {% if (column.get("meta") or {}).get("pii") or (config.get("meta") or {}).get("pii") %}
            {% do found.append(column.name) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
