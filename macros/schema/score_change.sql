{# How a score changed, in words with a comma in front: `, recency fell from 5 to 3`; empty if it did not. #}
{% macro score_change(score) -%}
    {%- set before = "previous_" ~ score ~ "_score" -%}
    {%- set after = score ~ "_score" -%}
    case
        when {{ after }} = {{ before }} then ''
        else
            ', {{ score }} ' || case when {{ after }} > {{ before }} then 'rose' else 'fell' end
            || ' from ' || cast({{ before }} as {{ dbt.type_string() }})
            || ' to ' || cast({{ after }} as {{ dbt.type_string() }})
    end
{%- endmacro %}
