{#
    The digits of a phone number with the plus signs: without an extension behind x, ext or #, a second
    number behind a comma or semicolon, and the (0) of +44 (0)20.
#}
{% macro dialled_digits(column) -%}
    {%- set first_number = replace_pattern(plain_text(column), "'(ext|x|#|,|;).*$'") -%}
    {{ replace_pattern("replace(" ~ first_number ~ ", '(0)', '')", "'[^0-9+]'") }}
{%- endmacro %}
