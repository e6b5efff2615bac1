{# Who the sources say their customers are; who of them is one person is settled in identity. #}
with

unioned as (
    {{ union_of('accounts') }}

)

select * from unioned
