{#
    The audiences that models/marts/customers/audiences.yml declares, checked: one compiler error
    names every audience and rule that cannot mean what it says. The var `audiences` takes their
    place, to try one out. While dbt parses, the declarations are not there yet: an empty list.
#}
{% macro declared_audiences() %}
    {% if not execute %}{{ return([]) }}{% endif %}
    {% set audiences = var("audiences", none) %}
    {% if audiences is none %}
        {% set audiences = graph.nodes["model.clientele.dim_audiences"].config.meta.audiences or [] %}
    {% endif %}
    {% set faults = [] %}
    {{ find_audience_faults(audiences, audience_columns(), faults) }}
    {% if faults %}
        {{ exceptions.raise_compiler_error("audiences: " ~ faults | join("; ")) }}
    {% endif %}
    {{ return(audiences) }}
{% endmacro %}
