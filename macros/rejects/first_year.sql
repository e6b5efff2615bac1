{#
    No shop's computer wrote an earlier time: 1970-01-01 and 1900-01-01 are what a clock that was never
    set and an empty cell of a spreadsheet turn into.
#}
{% macro first_year() -%}
    cast('1971-01-01' as timestamp)
{%- endmacro %}
