{#
    What the sources have ever said about who their customers are. Views all the way, so that nobody
    stores identifiers twice.
#}
with

identified as (
    {{ union_of('sightings') }}

),

-- Accounts of which nothing but the number is known; nothing can link them, so no batch is needed.
unidentified as (

    select
        named.source_name,
        named.account_id,
        named.customer_name,
        named.email,
        named.phone,
        named.account_reference,
        cast(0 as bigint) as batch_id,
        cast(0 as bigint) as row_number,
        named.source_customer_id is null as is_guest
    from {{ ref('int_customers__accounts') }} as named
    left join identified on named.account_id = identified.account_id
    where identified.account_id is null

)

select * from identified
union all
select * from unidentified
