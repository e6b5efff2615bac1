{{ config(meta={'restated_by': [['return_id', 'int_changes__returns']]}) }}
with

unioned as (
    {{ union_of('returns') }}

)

select * from unioned
