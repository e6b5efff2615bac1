{# The source tables that Clientele itself creates: `config.meta.managed` on the source. #}
{% macro declared_sources() %}
    {% set declared = [] %}
    {% for node in graph.sources.values() if node.source_meta.get("managed") %}
        {% do declared.append(node) %}
    {% endfor %}
    {{ return(declared | sort(attribute="unique_id")) }}
{% endmacro %}
