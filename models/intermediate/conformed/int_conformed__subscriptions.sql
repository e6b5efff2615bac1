with

unioned as (
    {{ union_of('subscriptions') }}

)

select * from unioned
