{# Reads this table as the last build left it, so it comes before it. #}
{%- set reader = ref('int_changes__products') %}
with

unioned as (
    {{ union_of('products') }}

)

select * from unioned
