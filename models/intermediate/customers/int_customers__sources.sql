{#
    Who the sources say their customers are.
    online_retail has no customer file: its lines name them.
#}
with

online_retail_ranked as (

    select
        customer_number,
        country,
        row_number() over (
            partition by customer_number order by invoiced_at desc, line_id desc
        ) as recency_rank
    from {{ ref('stg_online_retail__lines') }}
    where customer_number is not null

),

online_retail as (

    select
        'online_retail' as source_name,
        {{ entity_key('online_retail', 'customer_number') }} as customer_id,
        customer_number as source_customer_id,
        cast(null as {{ dbt.type_string() }}) as customer_name,
        cast(null as {{ dbt.type_string() }}) as email,
        country,
        cast(null as {{ dbt.type_string() }}) as acquisition_channel,
        cast(null as {{ dbt.type_timestamp() }}) as signed_up_at
    from online_retail_ranked
    where recency_rank = 1

),

sample as (

    select
        'sample' as source_name,
        {{ entity_key('sample', 'customer_number') }} as customer_id,
        customer_number as source_customer_id,
        full_name as customer_name,
        email,
        country,
        acquisition_channel,
        signed_up_at
    from {{ ref('stg_sample__customers') }}

),

unioned as (

    select * from online_retail
    union all
    select * from sample

)

select * from unioned
