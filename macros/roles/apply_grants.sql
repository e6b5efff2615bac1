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
    {% set by_column = is_read_by_column(grant_config) %}
    {{ default__apply_grants(relation, table_grants(grant_config, by_column), should_revoke) }}
    {% if by_column %}
        {% do grant_columns(relation, "clientele_reader") %}
    {% endif %}
{% endmacro %}

{# Of the `grants` of a config those that are for the whole table: {privilege: grantees}. #}
{% macro table_grants(grant_config, by_column) %}
    {% set grants = {} %}
    {% for privilege, grantees in (grant_config or {}).items() if grants_are_on() %}
        {% set kept = grantees | reject("equalto", "clientele_reader" if by_column else none) | list %}
        {% if kept or by_column %}
            {% do grants.update({privilege: kept}) %}
        {% endif %}
    {% endfor %}
    {{ return(grants) }}
{% endmacro %}

{# Whether the reader may see some columns only. Asks the server which roles it has. #}
{% macro is_read_by_column(grant_config) %}
    {% set has_reader = "clientele_reader" in (grant_config or {}).get("select", []) %}
    {{ return(has_reader and personal_columns() | length > 0 and existing_roles(["clientele_reader"]) | length > 0) }}
{% endmacro %}

{# Asks for our roles where it grants: to look first would be one more question for every model. #}
{% macro postgres__get_grant_sql(relation, privilege, grantees) %}
    do $$
    begin
        {%- for grantee in grantees %}
        {%- if is_own_role(grantee) %}
        if exists (select from pg_roles where rolname = '{{ grantee }}') then
            grant {{ privilege }} on {{ relation }} to {{ grantee }};
        end if;
        {%- else %}
        grant {{ privilege }} on {{ relation }} to {{ grantee }};
        {%- endif %}
        {%- endfor %}
    end
    $$;
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
