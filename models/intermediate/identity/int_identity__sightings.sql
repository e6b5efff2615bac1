{#
    What the sources have ever said about who their customers are: of all accounts, or where a build
    restates, of those that new rows speak of. Views all the way, so that nobody stores identifiers twice.
#}
{%- set accounts = ref('int_customers__accounts') %}
with

sighted as (
    {{ union_of('sightings') }}

),

identified as (

    -- An order that came again under another e-mail leaves a guest whom no row names any more.
    select sighted.*
    from sighted
    inner join {{ accounts }} as named on sighted.account_id = named.account_id

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
    from {{ accounts }} as named
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
