{{ config(meta={'restated_by': [['order_id', 'int_changes__orders']]}) }}
with

unioned as (
    {{ union_of('order_items') }}

)

select * from unioned
