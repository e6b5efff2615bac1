with

unioned as (
    {{ union_of('reviews') }}

)

select * from unioned
