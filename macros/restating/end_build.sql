{#
    A build is finished once every restating model was built. The tests do not matter here: they say
    something of the rows, not of whether the rows are there. Where one of them failed, the rows that it
    looked at stay, for whoever wants to see them.
#}
{% macro end_build(results) %}
    {% if execute and flags.WHICH in ("build", "run") %}
        {% set built = [] %}
        {% for result in results if result.status == "success" %}
            {% do built.append(result.node.unique_id) %}
        {% endfor %}
        {% set restates = build_note() is not none and not build_note()[0] %}
        {% if restates and not results | selectattr("status", "in", ["fail", "error"]) | list %}
            {% do drop_touched_tables() %}
            {% do run_query("commit") %}
        {% endif %}
        {% set missing = restating_models() | rejectattr("unique_id", "in", built) | list %}
        {% if not missing %}
            {% do run_query(
                "update " ~ ledger("builds") ~ " set finished_at = '"
                ~ modules.datetime.datetime.utcnow().strftime("%Y-%m-%d %H:%M:%S")
                ~ "' where invocation_id = '" ~ invocation_id ~ "'"
            ) %}
            {% do run_query("commit") %}
        {% endif %}
    {% endif %}
{% endmacro %}
