{# Whether a row of `relation` holds all rules of the audience that `name_column` names. #}
{% macro audience_membership(relation, name_column) %}
    {%- set audiences = declared_audiences() -%}
    {%- if audiences -%}
        {%- set columns = audience_columns() -%}
        case {{ name_column }}
        {%- for audience in audiences %}
            when '{{ audience.name }}'
                then {{ audience_condition(audience.rules, columns, relation) }}
        {%- endfor %}
        end
    {%- else -%}
        1 = 0
    {%- endif -%}
{% endmacro %}

{# Whether a row of `relation` holds all rules of any audience, whenever that is in force. #}
{% macro is_in_an_audience(relation) %}
    {%- set audiences = declared_audiences() -%}
    {%- if audiences -%}
        {%- set columns = audience_columns() -%}
        (
        {%- for audience in audiences %}
            {{ "or " if not loop.first }}({{ audience_condition(audience.rules, columns, relation) }})
        {%- endfor %}
        )
    {%- else -%}
        1 = 0
    {%- endif -%}
{% endmacro %}
