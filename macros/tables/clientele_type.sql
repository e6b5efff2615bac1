{# A declared column type in the words of the engine at hand: Spark has string where Postgres has text. #}
{% macro clientele_type(data_type) %}
    {{ return("string" if data_type == "text" and target.type == "spark" else data_type) }}
{% endmacro %}
