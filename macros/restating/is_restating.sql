{#
    Whether this build replaces only what new batches touch, as begin_build has settled. A unit test has
    rows of its own, which are the same whatever was built before.
#}
{% macro is_restating() %}
    {% if not execute or model is not defined or model.resource_type == "unit_test" %}
        {{ return(false) }}
    {% endif %}
    {{ return(build_note() is not none and not build_note()[0]) }}
{% endmacro %}

{# The batch up to which the last build knew all rows: later ones are new. #}
{% macro last_built_batch() %}
    {{ return(build_note()[1] if build_note() is not none else 0) }}
{% endmacro %}

{# The newest batch that this build knows, written into the rows that it makes. #}
{% macro this_built_batch() -%}
    {{ return("cast(" ~ (build_note()[2] if execute and build_note() is not none else 0) ~ " as bigint)") }}
{%- endmacro %}

{#
    [is_full, after_batch_id, upto_batch_id] of this build; none outside of one.
    Models and tests ask for it several times each, and a question costs dbt more than the answer: a
    fifth of the time of a build went there. `graph` is the one thing that all nodes of an invocation
    share; it is made anew for each, and written to no file.
    is_new: the note has just been written, whatever was read before.
#}
{% macro build_note(is_new=false) %}
    {% if not execute %}
        {{ return(none) }}
    {% endif %}
    {% if is_new or "clientele_build_note" not in graph %}
        {% do graph.update({"clientele_build_note": read_build_note()}) %}
    {% endif %}
    {{ return(graph["clientele_build_note"]) }}
{% endmacro %}

{% macro read_build_note() %}
    {% set builds = ledger("builds") %}
    {% if load_relation(builds) is none %}
        {{ return(none) }}
    {% endif %}
    {% set found = run_query(
        "select is_full, after_batch_id, upto_batch_id from " ~ builds
        ~ " where invocation_id = '" ~ invocation_id ~ "'"
    ) %}
    {{ return(found.rows[0] if found.rows else none) }}
{% endmacro %}

{#
    dbt's own switch between a whole table and a part of it. dbt would replace a part wherever the
    table exists; here it must be known what the part is.
#}
{% macro should_full_refresh() %}
    {% if model.resource_type == "model" and model.config.materialized == "incremental" %}
        {{ return(flags.FULL_REFRESH or not is_restating()) }}
    {% endif %}
    {% set configured = config.get("full_refresh") %}
    {{ return(flags.FULL_REFRESH if configured is none else configured) }}
{% endmacro %}

{# Text of a model that counts only when a part of it is replaced: the cut to that part. #}
{% macro if_restating(text) -%}
    {% if is_incremental() %}{{ text }}{% endif %}
{%- endmacro %}

{#
    The same in a view or a table that is made anew every time, which dbt never calls incremental.
    Such a relation holds only the touched part after a build that restates.
#}
{% macro if_restating_view(text) -%}
    {% if is_restating() %}{{ text }}{% endif %}
{%- endmacro %}

{#
    The table that the last build left of a model which this build has not come to yet: the values
    from before. The model that asks must be upstream of that one, or it would read the new ones.
#}
{% macro as_built_before(name) %}
    {% for node in graph.get("nodes", {}).values() if node.resource_type == "model" and node.name == name %}
        {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
    {% endfor %}
    {% if is_restating() %}
        {{ exceptions.raise_compiler_error("as_built_before: there is no model " ~ name) }}
    {% endif %}
    {{ return(api.Relation.create(identifier=name)) }}
{% endmacro %}

{# Rows of a base model that this build has judged anew; none when everything is built. #}
{% macro is_new_in_base() -%}
    {%- if is_restating() -%}
    _built_batch_id > {{ last_built_batch() }}
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro %}

{# A table of the ledger of loads and builds; not by source(), since every model would then depend on it. #}
{% macro ledger(name) %}
    {{ return(api.Relation.create(database=target.database, schema="raw", identifier=name)) }}
{% endmacro %}

{# Text of a test that counts only when a part of the warehouse is replaced: the cut to the new batches. #}
{% macro if_new_batches(word) -%}
    {% if is_restating() %}{{ word }} _batch_id > {{ last_built_batch() }}{% endif %}
{%- endmacro %}
