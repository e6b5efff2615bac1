{# A declared column type in the words of the engine at hand: Spark says string and double. #}
{% macro clientele_type(data_type) %}
    {% set on_spark = {"text": "string", "double precision": "double"} %}
    {{ return(on_spark.get(data_type, data_type) if target.type == "spark" else data_type) }}
{% endmacro %}
