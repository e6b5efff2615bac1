with

unioned as (
    {{ union_of('order_items') }}

)

select * from unioned
