{#
    The bands between rising limits as a CTE body: band_number from 1, band_name, from_value and
    to_value (not included; null for the last). With `whole`, values are counts: 3 to 4, 5 to 9.
#}
{% macro bands(limits, whole=false) -%}
    {%- for limit in limits %}
    {%- if loop.last %}
    {%- set name = limit ~ " and more" %}
    {%- elif not whole %}
    {%- set name = limit ~ " to under " ~ loop.nextitem %}
    {%- elif (loop.nextitem | int) - 1 == limit %}
    {%- set name = limit %}
    {%- else %}
    {%- set name = limit ~ " to " ~ ((loop.nextitem | int) - 1) %}
    {%- endif %}
    select
        {{ loop.index }} as band_number,
        '{{ name }}' as band_name,
        cast({{ limit }} as {{ money_type() }}) as from_value,
        cast({{ "null" if loop.last else loop.nextitem }} as {{ money_type() }}) as to_value
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
