{#
    The customer behind each account: of all accounts, or where a build restates, of those that it works
    out. A customer has the id of the account that was landed first, so later evidence changes no id,
    unless two customers turn out to be one: they keep the older id.
#}
{%- set restated = ref('int_changes__identity_accounts') %}
with

accounts as (

    select * from {{ ref('int_identity__accounts') }}
    {{ if_restating_view('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

links as (

    select * from {{ ref('int_identity__links') }}
    {{ if_restating_view('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

members as (

    select
        accounts.source_name,
        accounts.account_id,
        first_value(accounts.account_id) over (
            partition by clusters.cluster_key
            order by accounts.first_batch_id, accounts.first_row_number, accounts.account_id
        ) as customer_id,
        cast(count(*) over (partition by clusters.cluster_key) as int) as account_count,
        accounts.is_guest
    from accounts
    inner join {{ ref('int_identity__clusters') }} as clusters
        on accounts.account_id = clusters.account_id

),

linked as (

    select
        account_id,
        match_rule_rank
    from links
    union all
    select
        linked_account_id as account_id,
        match_rule_rank
    from links

),

strongest as (

    select
        account_id,
        min(match_rule_rank) as match_rule_rank
    from linked
    group by account_id

)

select
    members.source_name,
    members.account_id,
    members.customer_id,
    members.account_count,
    {{ match_rule_of_rank('strongest.match_rule_rank') }} as match_rule,
    members.is_guest
from members
left join strongest on members.account_id = strongest.account_id
