{# An e-mail address as text: lower case, without blanks and without the marks that people put around it. #}
{% macro compact_email(column) -%}
    btrim(replace({{ plain_text(column) }}, ' ', ''), '.,;<>')
{%- endmacro %}
