with

source as (

    select * from {{ source('sample', 'returns') }}

),

typed as (

    select
        {{ landing_keys() }},
        {{ safe_text('return_id') }} as return_number,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('reason') }} as return_reason,
        {{ safe_integer('line_number') }} as line_number,
        {{ safe_integer('quantity') }} as quantity,
        {{ safe_numeric('refund_amount') }} as refund_amount,
        {{ safe_timestamp('returned_at') }} as returned_at
    from source

),

sold as (

    select
        items.order_number as sold_order_number,
        items.line_number as sold_line_number,
        items.quantity as sold_quantity,
        orders.order_status as sold_order_status,
        orders.ordered_at as sold_at
    from {{ ref('stg_sample__order_items') }} as items
    inner join {{ ref('stg_sample__orders') }} as orders
        on items.order_number = orders.order_number

),

checked as (

    select
        typed.*,
        sold.sold_quantity,
        sold.sold_order_status,
        sold.sold_at,
        {{ first_reason([
            ["return_number is null", "return id is missing"],
            ["sold_at is null", "order line is unknown"],
            ["sold_order_status = 'cancelled'", "order was cancelled"],
            ["quantity is null", "quantity is not a whole number"],
            ["quantity <= 0", "quantity is not positive"],
            ["quantity > sold_quantity", "more was returned than was bought"],
            ["returned_at is null", "return time is not an ISO timestamp"],
            ["returned_at < sold_at", "returned before it was sold"],
            ["refund_amount is null", "refund is not a number"],
            ["refund_amount < 0", "refund is negative"],
        ]) }} as defect
    from typed
    left join sold
        on
            typed.order_number = sold.sold_order_number
            and typed.line_number = sold.sold_line_number

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        row_number() over (
            partition by return_number, case when defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        ) as version_rank
    from checked

)

select
    *,
    coalesce(
        defect,
        case when version_rank > 1 then 'superseded: a later row has the same return id' end
    ) as reject_reason
from versioned
