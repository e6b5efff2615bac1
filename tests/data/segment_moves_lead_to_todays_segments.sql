{{ config(tags=['every_row']) }}
-- Whoever follows a customer's moves from nothing onwards arrives where customer_rfm says they are,
-- and no move starts where the one before it did not end.
with

moves as (

    select
        customer_id,
        to_as_of_date,
        from_rfm_segment,
        to_rfm_segment,
        lag(to_rfm_segment) over (
            partition by customer_id order by to_as_of_date
        ) as arrived_at,
        row_number() over (
            partition by customer_id order by to_as_of_date desc
        ) as moves_to_the_end
    from {{ ref('customer_segment_moves') }}

)

select
    coalesce(moves.customer_id, customers.customer_id) as customer_id,
    moves.to_as_of_date,
    moves.arrived_at,
    moves.from_rfm_segment,
    moves.to_rfm_segment,
    customers.rfm_segment
from moves
full outer join {{ ref('customer_rfm') }} as customers on moves.customer_id = customers.customer_id
where
    moves.customer_id is null
    or customers.customer_id is null
    or coalesce(moves.arrived_at, 'nothing') <> coalesce(moves.from_rfm_segment, 'nothing')
    or moves.from_rfm_segment = moves.to_rfm_segment
    or (moves.moves_to_the_end = 1 and moves.to_rfm_segment <> customers.rfm_segment)
