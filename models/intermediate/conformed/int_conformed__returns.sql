with

unioned as (
    {{ union_of('returns') }}

)

select * from unioned
