{#
    Makes the roles in the embedded server, and lets them into the schemas and the declared tables.
    On a server of somebody's own no role is made by a build: `clientele db roles` does that. Until then
    nothing is granted to roles that are not there, and the build says so once and passes.
    Only what is missing is granted, and only by those who may.
#}
{% macro prepare_roles() %}
    {% do adapter.dispatch("prepare_roles", "clientele")() %}
{% endmacro %}

{% macro default__prepare_roles() %}
{% endmacro %}

{% macro postgres__prepare_roles() %}
    {% if not grants_are_on() %}
        {{ return(none) }}
    {% endif %}
    {% set wanted = declared_roles() %}
    {% set there = existing_roles(wanted) %}
    {% set missing = wanted | reject("in", there) | list %}
    {% if missing and target.name == "embedded" %}
        {% for role in missing %}
            {% do run_query("create role " ~ role ~ " nologin") %}
        {% endfor %}
        {% set there = wanted %}
    {% elif missing and flags.WHICH in ("build", "run") %}
        {% do log(
            "Nothing is granted to " ~ missing | join(", ") ~ ": the server has no such role. "
            ~ "'clientele db roles' makes them or prints the SQL for it; CLIENTELE_GRANTS=off ends this note.",
            info=True
        ) %}
    {% endif %}
    {% if there %}
        {% for row in run_query(missing_privileges(there)).rows %}
            {% do run_query(row[0]) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# Statements for the privileges that these roles lack on schemas and declared tables. #}
{% macro missing_privileges(roles) %}
with

usages (role_name, schema_name) as (
    {%- for role, schema in role_schemas(roles) %}
    {{ "values" if loop.first else "," }} ('{{ role }}', '{{ schema }}')
    {%- endfor %}
),

privileges (role_name, schema_name, privilege) as (
    {%- for role, schema, privilege in role_privileges(roles) %}
    {{ "values" if loop.first else "," }} ('{{ role }}', '{{ schema }}', '{{ privilege }}')
    {%- endfor %}
),

-- The gates write a batch's results anew when its number is given again.
deletions (role_name, table_name) as (
    values ('clientele_loader', 'batch_checks'), ('clientele_loader', 'batch_statistics')
),

-- What arrives of a forgotten customer is emptied before it is stored.
updates (role_name, table_name, column_name) as (
    values ('clientele_loader', cast(null as text), cast(null as text))
    {%- for table, column in erasable_columns() %}
    , ('clientele_loader', '{{ table }}', '{{ column }}')
    {%- endfor %}
)

select format('grant usage on schema %I to %I', schema_name, role_name)
from usages
where to_regnamespace(schema_name) is not null
    and not has_schema_privilege(role_name, schema_name, 'usage')
    and has_schema_privilege(schema_name, 'usage with grant option')
union all
select format('grant %s on %s to %I', p.privilege, t.oid::regclass, p.role_name)
from privileges as p
join pg_class as t
    on t.relnamespace = to_regnamespace(p.schema_name) and t.relkind in ('r', 'p')
where not has_table_privilege(p.role_name, t.oid, p.privilege)
    and has_table_privilege(t.oid, p.privilege || ' with grant option')
union all
select format('grant usage, select, update on sequence %s to %I', s.oid::regclass, p.role_name)
from privileges as p
join pg_class as s on s.relnamespace = to_regnamespace(p.schema_name) and s.relkind = 'S'
where p.privilege = 'insert'
    -- COPY starts the row numbers of a batch from 1. In a case, since the order of conditions is the
    -- planner's, and the function fails on what is no sequence.
    and case
        when s.relkind = 'S' then not has_sequence_privilege(p.role_name, s.oid, 'update')
            and has_sequence_privilege(s.oid, 'update with grant option')
    end
union all
select format('grant delete on %s to %I', t.oid::regclass, d.role_name)
from deletions as d
join pg_class as t on t.relnamespace = to_regnamespace('raw') and t.relname = d.table_name
where d.role_name in ('{{ roles | join("', '") }}')
    and not has_table_privilege(d.role_name, t.oid, 'delete')
    and has_table_privilege(t.oid, 'delete with grant option')
union all
select format('grant update (%I) on %s to %I', u.column_name, t.oid::regclass, u.role_name)
from updates as u
join pg_class as t on t.relnamespace = to_regnamespace('raw') and t.relname = u.table_name
join pg_attribute as a on a.attrelid = t.oid and a.attname = u.column_name
where u.role_name in ('{{ roles | join("', '") }}')
    and not has_column_privilege(u.role_name, t.oid, a.attnum, 'update')
    and has_column_privilege(t.oid, a.attnum, 'update with grant option')
{% endmacro %}

{# Which schemas each role has to enter: those of the tables that it is granted. #}
{% macro role_schemas(roles) %}
    {% set found = [] %}
    {% for node in graph.nodes.values() %}
        {% for role in granted_to(node) if role in roles %}
            {% do found.append((role, node.schema)) %}
        {% endfor %}
    {% endfor %}
    {% for role, schema, privilege in role_privileges(roles) %}
        {% do found.append((role, schema)) %}
    {% endfor %}
    {{ return(found | unique | sort) }}
{% endmacro %}

{% macro role_privileges(roles) %}
    {% set found = [] %}
    {% for role, schemas in declared_privileges().items() if role in roles %}
        {% for schema, privileges in schemas.items() %}
            {% for privilege in privileges %}
                {% do found.append((role, schema, privilege)) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Columns of raw tables that name a customer or hold personal data. #}
{% macro erasable_columns() %}
    {% set found = [] %}
    {% for node in declared_sources() if node.source_meta.managed == "raw" %}
        {% for column in node.columns.values() if column.meta.get("pii") or column.meta.get("customer") %}
            {% do found.append((node.identifier, column.name)) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
