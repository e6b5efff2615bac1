{#
    What a rule may speak of: the columns of customer_audience_facts, by the types of its contract,
    without its keys. `values` are those of the test accepted_values, where a column has one, there or
    in the history that it takes the column from.
#}
{% macro audience_columns() %}
    {% set facts = graph.nodes["model.clientele.customer_audience_facts"] %}
    {% set columns = {} %}
    {% for column in facts.columns.values() if column.get("config", {}).get("meta", {}).get("role") != "key" %}
        {% do columns.update({column.name: {"kind": audience_kind(column.data_type) | trim, "values": []}}) %}
    {% endfor %}
    {% set checked = [facts.unique_id, "model.clientele.customer_day_history"] %}
    {% for test in graph.nodes.values() if test.get("attached_node") in checked %}
        {% set what = test.get("test_metadata") or {} %}
        {% if what.get("name") == "accepted_values" and test.column_name in columns %}
            {% do columns[test.column_name].update({"values": what.kwargs["values"]}) %}
        {% endif %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{% macro audience_kind(data_type) -%}
    {%- set name = data_type.split("(")[0] | lower | trim -%}
    {%- if name in ("int", "integer", "bigint", "numeric", "decimal", "double", "double precision") -%} number
    {%- elif name in ("date", "boolean") -%} {{ name }}
    {%- else -%} text
    {%- endif -%}
{%- endmacro %}
