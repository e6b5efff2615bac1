{{ config(tags=['every_row']) }}
-- The last change of an account leads to the customer_id that it has today, and each change starts
-- where the one before ended.
with

changes as (

    select
        history.account_id,
        history.batch_id,
        history.previous_customer_id,
        history.customer_id,
        customers.customer_id as todays_customer_id,
        lead(history.previous_customer_id) over (
            partition by history.account_id order by history.batch_id
        ) as next_previous_customer_id
    from {{ ref('int_identity__merge_history') }} as history
    left join {{ ref('int_identity__customers') }} as customers
        on history.account_id = customers.account_id

)

select *
from changes
where customer_id <> coalesce(next_previous_customer_id, todays_customer_id, '')
