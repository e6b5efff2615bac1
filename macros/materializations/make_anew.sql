{#
    A table or view made anew beside the one that is there, which it then replaces. The steps are those of
    dbt's own materializations, but renaming and dropping are statements of theirs and no calls of the
    adapter: each of these builds a context of all macros, up to four per model, which took dbt as long
    as Postgres takes for a small model. What is new needs neither. Statements that belong together go
    together: each takes dbt longer than Postgres. Of a relation that is new nothing is revoked.
#}
{% macro make_anew(type) %}
    {% set old = load_cached_relation(this) %}
    {% set new = this.incorporate(type=type) %}
    {% set made = new if old is none else make_intermediate_relation(new) %}
    {% set backup = make_backup_relation(new, type if old is none else old.type) %}
    {% if old is not none %}
        {# What a build left that was killed between two statements, or dbt's own materializations. #}
        {% do drop_relation_if_exists(load_cached_relation(made)) %}
        {% do drop_relation_if_exists(load_cached_relation(backup)) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement("main") %}
        {% if type == "view" %}
        {{ get_create_view_as_sql(made, sql) }}
        {% else %}
        {{ get_create_table_as_sql(False, made, sql) }}
        {% endif %}
    {% endcall %}
    {# After the statement that dbt reports, which tells how many rows there are. #}
    {% set finish = statements_after(made) %}
    {% if finish %}
        {% call statement("finish") %}{{ finish | join("\n") }}{% endcall %}
    {% endif %}
    {% if old is not none %}
        {% call statement("swap") %}{{ take_place(old, made, new) }}{% endcall %}
        {% if old.type != type %}
            {# So that dbt forgets its kind, but not the views on it, as it would if it were told that it was dropped. #}
            {% do adapter.cache_renamed(old, backup) %}
        {% endif %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% set by_column = is_read_by_column(config.get("grants")) %}
    {% set granted = table_grants(config.get("grants"), by_column) %}
    {% set grants = get_dcl_statement_list(new, granted, get_grant_sql) %}
    {% set last = grants + comments_on(new, model) %}
    {% if last %}
        {% call statement("grants and comments") %}{{ last | join("\n") }}{% endcall %}
    {% endif %}
    {% if by_column %}
        {% do grant_columns(new, "clientele_reader") %}
    {% endif %}
    {{ adapter.commit() }}

    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [new]}) }}
{% endmacro %}

{# What makes a new relation what its config says: its contract and, of a table, constraints and indexes. #}
{% macro statements_after(relation) %}
    {% set statements = [] %}
    {% if config.get("contract").enforced and constraints_may_follow(model) %}
        {% do statements.append(hold_to_contract(relation)) %}
        {% if not relation.is_view %}
            {% do statements.append(add_constraints(relation)) %}
        {% endif %}
    {% endif %}
    {% if not relation.is_view %}
        {% do statements.extend(statistics_of_slices(relation)) %}
        {% for index in config.get("indexes", []) %}
            {% do statements.append(get_create_index_sql(relation, index) ~ ";") %}
        {% endfor %}
    {% endif %}
    {{ return(statements) }}
{% endmacro %}
