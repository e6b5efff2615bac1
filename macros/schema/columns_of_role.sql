{#
    Pairs of name and kind of the columns to which the YAML of a model gives a role (`meta: {role:
    feature, kind: numeric}`), in the order of the YAML.
#}
{% macro columns_of_role(model_name, role) %}
    {% set found = [] %}
    {% for node in (graph.nodes if execute else {}).values() if node.unique_id == "model.clientele." ~ model_name %}
        {% for column in node.columns.values() %}
            {% set meta = column.get("config", {}).get("meta", {}) %}
            {% if meta.get("role") == role %}
                {% do found.append((column.name, meta.kind)) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
