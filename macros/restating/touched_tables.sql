{#
    The rows that a restating model was given in this build. To find them in the table again, each of the
    hundreds of tests would read a history of years. Nobody is granted the schema. It goes when a build
    has passed, and what a failed or killed one left goes when the next begins.
#}
{% macro touched_table(node) %}
    {{ return(api.Relation.create(database=target.database, schema="clientele_touched", identifier=node.name)) }}
{% endmacro %}

{% macro is_restated_table(node) %}
    {{ return(
        node is not none and node.resource_type == "model"
        and node.config.materialized == "incremental" and "restated_by" in node.config.meta
    ) }}
{% endmacro %}

{% macro drop_touched_tables() %}
    {% do run_query("drop schema if exists clientele_touched cascade") %}
{% endmacro %}
