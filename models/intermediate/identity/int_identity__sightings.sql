{#
    What the sources have ever said about who their customers are: of all accounts, or where a build
    restates, of those that new rows speak of. Views all the way, so that nobody stores identifiers twice.
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
    where
        identified.account_id is null
        {{ if_restating_view(
            'and named.account_id in (select account_id from ' ~ ref('int_changes__landed_accounts') ~ ')'
        ) }}

)

select * from identified
union all
select * from unidentified
