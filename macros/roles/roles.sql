{#
    What each role may do beside reading the tables that `+grants` in dbt_project.yml names: on the
    tables that dbt only declares. {role: {schema: privileges}}.

    The loader reads what it has just landed, since the gates judge it there.
#}
{% macro declared_privileges() %}
    {{ return({
        "clientele_loader": {"raw": ["select", "insert"]},
        "clientele_ml": {"ml": ["select", "insert"]},
        "clientele_analyst": {"ml": ["select"]},
    }) }}
{% endmacro %}

{#
    Whether roles are looked for at all: CLIENTELE_GRANTS=off leaves every grant to the administrator.
#}
{% macro grants_are_on() %}
    {{ return(env_var("CLIENTELE_GRANTS", "on") | trim | lower != "off") }}
{% endmacro %}

{# The roles of Clientele: those that dbt_project.yml grants to, and those of declared_privileges. #}
{% macro declared_roles() %}
    {% set found = declared_privileges().keys() | list %}
    {% for node in graph.nodes.values() %}
        {% for grantee in granted_to(node) if is_own_role(grantee) %}
            {% do found.append(grantee) %}
        {% endfor %}
    {% endfor %}
    {{ return(found | unique | sort) }}
{% endmacro %}

{% macro granted_to(node) %}
    {{ return((node.config.get("grants") or {}).get("select", []) or []) }}
{% endmacro %}

{% macro is_own_role(name) %}
    {{ return(name.startswith("clientele_")) }}
{% endmacro %}

{# Which of these roles the server has. #}
{% macro existing_roles(names) %}
    {% if not names or not grants_are_on() %}
        {{ return([]) }}
    {% endif %}
    {% set query %}
        select rolname from pg_roles where rolname in ('{{ names | join("', '") }}')
    {% endset %}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}
