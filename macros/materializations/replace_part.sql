{#
    The steps of dbt's incremental materialization on a table that is there, without its calls of the
    adapter (see make_anew). dbt widens text columns first, which we do not need: a model that has changed
    is made anew, and so are all others.
#}
{% macro replace_part(table) %}
    {% set new_rows = make_temp_relation(table) %}
    {% set on_schema_change = incremental_validate_on_schema_change(
        config.get("on_schema_change"), default="ignore"
    ) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% do run_query(get_create_table_as_sql(True, new_rows, sql)) %}
    {% set columns = process_schema_changes(on_schema_change, new_rows, table) or get_columns_in_relation(table) %}
    {% set strategy = adapter.get_incremental_strategy_macro(
        context, config.get("incremental_strategy") or "default"
    ) %}
    {% call statement("main") %}
        {{ strategy({
            "target_relation": table,
            "temp_relation": new_rows,
            "unique_key": config.get("unique_key"),
            "dest_columns": columns,
            "incremental_predicates": config.get("predicates") or config.get("incremental_predicates"),
        }) }}
    {% endcall %}

    {% set should_revoke = should_revoke(table, full_refresh_mode=False) %}
    {% do apply_grants(table, config.get("grants"), should_revoke=should_revoke) %}
    {% do persist_docs(table, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [table]}) }}
{% endmacro %}
