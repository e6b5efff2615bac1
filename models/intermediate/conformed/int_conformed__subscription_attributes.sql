with

unioned as (
    {{ union_of('subscription_attributes') }}

)

select * from unioned
