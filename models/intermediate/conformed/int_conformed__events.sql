with

unioned as (
    {{ union_of('events') }}

)

select * from unioned
