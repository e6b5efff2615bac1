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
        orders.ordered_at as sold_at
    from {{ ref('stg_sample__order_items') }} as items
    inner join {{ ref('stg_sample__orders') }} as orders
        on items.order_number = orders.order_number

),

versioned as (

    select
        typed.*,
        sold.sold_quantity,
        sold.sold_at,
        row_number() over (
            partition by typed.return_number
            order by typed._batch_id desc, typed._row_number desc
        ) as version
    from typed
    left join sold
        on
            typed.order_number = sold.sold_order_number
            and typed.line_number = sold.sold_line_number

)

select
    *,
    {{ first_reason([
        ["return_number is null", "return id is missing"],
        ["version > 1", "superseded: a later row has the same return id"],
        ["sold_at is null", "order line is unknown"],
        ["quantity is null", "quantity is not a whole number"],
        ["quantity <= 0", "quantity is not positive"],
        ["quantity > sold_quantity", "more was returned than was bought"],
        ["returned_at is null", "return time is not an ISO timestamp"],
        ["returned_at < sold_at", "returned before it was sold"],
        ["refund_amount is null", "refund is not a number"],
        ["refund_amount < 0", "refund is negative"],
    ]) }} as reject_reason
from versioned
