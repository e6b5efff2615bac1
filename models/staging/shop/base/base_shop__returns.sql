with

source as (

    select * from {{ source('shop', 'returns') }}

),

typed as (

    select
        {{ landing_keys() }},
        _loaded_at,
        _source_name as source_name,
        {{ safe_text('return_id') }} as return_number,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('reason') }} as return_reason,
        {{ safe_text('line_number') }} as line_number_as_landed,
        {{ safe_integer('line_number') }} as line_number,
        {{ safe_integer('quantity') }} as quantity,
        {{ safe_numeric('refund_amount') }} as refund_amount,
        {{ safe_timestamp('returned_at') }} as returned_at
    from source

),

orders as (

    select
        source_name as order_source_name,
        order_number as known_order_number,
        order_status as sold_order_status,
        ordered_at as sold_at
    from {{ ref('stg_shop__orders') }}

),

items as (

    select
        source_name as item_source_name,
        order_number as item_order_number,
        line_number as sold_line_number,
        quantity as sold_quantity
    from {{ ref('stg_shop__order_items') }}

),

products as (

    select distinct
        source_name as product_source_name,
        product_code as known_product_code
    from (
        select
            source_name,
            product_code
        from {{ ref('stg_shop__products') }}
        union all
        select
            source_name,
            product_code
        from {{ ref('stg_shop__order_items') }}
    ) as catalogue_and_lines

),

checked as (

    select
        typed.*,
        items.sold_quantity,
        orders.sold_order_status,
        orders.sold_at,
        products.known_product_code,
        {{ first_reason([
            ["return_number is null", "return id is missing"],
            [unfit_id("return_number"), "return id is over 255 characters or holds a line break"],
            [unfit_id("customer_number"), "customer id is over 255 characters or holds a line break"],
            ["line_number is null and line_number_as_landed is not null",
                "line number is not a whole number"],
            ["order_number is null and line_number is not null",
                "a line is named, but no order"],
            ["order_number is not null and known_order_number is null", "order is unknown"],
            ["line_number is not null and sold_line_number is null", "order line is unknown"],
            ["product_code is not null and known_product_code is null", "product is unknown"],
            ["sold_order_status <> 'completed'", "order was cancelled"],
            ["quantity is null", "quantity is not a whole number"],
            ["quantity <= 0", "quantity is not positive"],
            ["quantity > sold_quantity", "more was returned than was bought"],
            ["returned_at is null", "return time is not an ISO timestamp"],
            ["returned_at < " ~ first_year(), "return time lies before 1971"],
            ["returned_at > _loaded_at", "return time lies after the time of loading"],
            ["returned_at < sold_at", "returned before it was sold"],
            ["refund_amount is null", "refund is not a number"],
            ["refund_amount < 0", "refund is negative"],
        ]) }} as row_defect
    from typed
    left join orders
        on
            typed.source_name = orders.order_source_name
            and typed.order_number = orders.known_order_number
    left join items
        on
            typed.source_name = items.item_source_name
            and typed.order_number = items.item_order_number
            and typed.line_number = items.sold_line_number
    left join products
        on
            typed.source_name = products.product_source_name
            and typed.product_code = products.known_product_code

),

newest as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        row_number() over (
            partition by source_name, return_number, case when row_defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        ) as version_rank
    from checked

),

summed as (

    -- Several returns of one line count together: what comes first is believed first.
    select
        *,
        sum(case when row_defect is null and version_rank = 1 then quantity end) over (
            partition by source_name, order_number, line_number
            order by returned_at, return_number, _batch_id, _row_number
            rows between unbounded preceding and current row
        ) as returned_so_far
    from newest

),

judged as (

    select
        *,
        coalesce(
            row_defect,
            case
                when
                    version_rank = 1
                    and line_number is not null
                    and returned_so_far > sold_quantity
                    then 'more was returned than was bought, earlier returns included'
            end
        ) as defect
    from summed

)

select
    *,
    {{ reject_reason_of_version('return id') }} as reject_reason
from judged
