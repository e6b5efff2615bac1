{#
    dbt's own cut of what a generic test looks at. A build that replaces only what was touched tests
    only that: a key that is given twice is given twice within the rows of that key.
#}
{% macro get_where_subquery(relation) -%}
    {%- set node = graph.nodes.get(model.attached_node) if execute else none -%}
    {%- set is_kept = is_restating() and is_restated_table(node) -%}
    {%- set rows = touched_table(node) if is_kept else relation -%}
    {%- set conditions = [] -%}
    {%- if config.get("where") -%}
        {%- do conditions.append(config.get("where")) -%}
    {%- endif -%}
    {%- set touched = touched_rows(node) if is_restating() and not is_kept else none -%}
    {%- set cut = touched or new_scores(node) -%}
    {%- if cut -%}
        {%- do conditions.append(cut) -%}
    {%- endif -%}
    {%- if conditions -%}
        {%- do return("(select * from " ~ rows ~ " where (" ~ conditions | join(") and (") ~ ")) dbt_subquery") -%}
    {%- endif -%}
    {%- do return(rows) -%}
{%- endmacro %}

{# Which rows of a model without a touched table this build has touched, as a condition; none where it made them all. #}
{% macro touched_rows(node) %}
    {% if node is none or node.resource_type != "model" %}
        {{ return(none) }}
    {% elif node.config.meta.get("restated_by") %}
        {{ return("(" ~ restated_rows(node) | join(") or (") ~ ")") }}
    {% elif node.config.materialized == "incremental" %}
        {{ return("_built_batch_id > " ~ last_built_batch()) }}
    {% elif node.config.materialized == "view" and node.name.startswith("stg_") %}
        {% for parent in node.depends_on.nodes %}
            {% if graph.nodes.get(parent) and graph.nodes[parent].config.materialized == "incremental" %}
                {{ return("_batch_id > " ~ last_built_batch()) }}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{#
    Which rows a day has to test for the scores that it has written, as a condition; none in
    other builds, or of a model of which all rows count. Of the stored scores it is those of the day: past runs
    never change, so a day looks at those since the build that began it, and at the newest of each shop.
    As lists, not as a join: then Postgres is sure to look the runs up in the index.
#}
{% macro new_scores(node) %}
    {% if node is none or (not is_restating() and env_var("CLIENTELE_BUILD", "") != "new_scores") %}
        {{ return(none) }}
    {% endif %}
    {% if not node.name.startswith("stg_ml__") or "scored_at" not in node.columns %}
        {{ return(none) }}
    {% endif %}
    {% set began = run_query(
        "select coalesce(max(started_at), timestamp '1970-01-01') from " ~ ledger("builds")
        ~ " where invocation_id <> '" ~ invocation_id ~ "'"
    ).rows[0][0] %}
    {% set scores = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) %}
    {% set wanted -%}
        from ({{ scoring_runs(scores) }}) as runs
        where runs.newest_rank = 1 or runs.scored_at >= '{{ began }}'
    {%- endset %}
    {{ return(
        "source_name = any(array(select runs.source_name " ~ wanted ~ "))"
        ~ " and run_id = any(array(select runs.run_id " ~ wanted ~ "))"
    ) }}
{% endmacro %}
