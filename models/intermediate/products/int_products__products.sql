with

unioned as (
    {{ union_of('products') }}

)

select * from unioned
