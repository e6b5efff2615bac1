{#
    A postal code of five digits with the leading zeros back that a spreadsheet took for noise: 1037 is
    01037. Null where the text is no whole number of up to five digits.
#}
{% macro five_digit_code(column) -%}
    case when {{ safe_integer(column) }} between 0 and 99999
        then lpad(cast({{ safe_integer(column) }} as {{ dbt.type_string() }}), 5, '0') end
{%- endmacro %}
