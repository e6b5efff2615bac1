{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'return_group'],
    indexes=[
        {'columns': ['source_name', 'return_group']},
        {'columns': ['source_name', 'return_number']},
        {'columns': ['source_name', 'customer_number']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
{%- set landed_orders = ref('base_shop__orders') %}
{%- set landed_items = ref('base_shop__order_items') %}
with

source as (

    select * from {{ source('shop', 'returns') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

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

keyed as (

    -- Returns of one order are judged together, since a piece comes back once.
    select
        *,
        coalesce(order_number, 'return ' || return_number) as return_group
    from typed

),

{% set derived = [
    'sold_quantity', 'sold_order_status', 'sold_at', 'known_product_code', 'returned_so_far',
    'return_group', 'is_judged'
] %}
{% set earlier = earlier_columns(derived) | join(', ') if is_incremental() %}
{% if is_incremental() %}
touched as (

    select
        source_name,
        return_group
    from keyed

    union distinct

    select
        source_name,
        return_group
    from {{ this }}
    where reject_reason in ('order is unknown', 'order line is unknown', 'product is unknown')

    union distinct

    select
        source_name,
        order_number as return_group
    from {{ landed_orders }}
    where _built_batch_id > {{ last_built_batch() }}

    union distinct

    select
        source_name,
        order_number as return_group
    from {{ landed_items }}
    where _built_batch_id > {{ last_built_batch() }}

),

touched_returns as (

    select
        source_name,
        return_number
    from keyed

    union distinct

    select
        earlier.source_name,
        earlier.return_number
    from {{ this }} as earlier
    inner join touched
        on
            earlier.source_name = touched.source_name
            and earlier.return_group = touched.return_group

),

groups as (

    select
        source_name,
        return_group
    from touched

    union distinct

    -- An earlier version may have named another order, and may only now be superseded.
    select
        earlier.source_name,
        earlier.return_group
    from {{ this }} as earlier
    inner join touched_returns
        on
            earlier.source_name = touched_returns.source_name
            and earlier.return_number = touched_returns.return_number

),

together as (

    select
        {{ earlier }},
        return_group
    from keyed
    union all
    select
        {{ earlier }},
        return_group
    from {{ this }}
    where (source_name, return_group) in (
        select
            source_name,
            return_group
        from groups
    )

),

landed as (

    select
        *,
        true as is_judged
    from together
    union all
    -- Versions of these returns under another order: they only say which is newest.
    select
        {{ earlier }},
        return_group,
        false as is_judged
    from {{ this }}
    where
        (source_name, return_number) in (
            select
                source_name,
                return_number
            from together
        )
        and (source_name, return_group) not in (
            select
                source_name,
                return_group
            from groups
        )

),
{% else %}
landed as (

    select
        *,
        true as is_judged
    from keyed

),
{% endif %}
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
        {% if is_incremental() -%}
        select
            source_name,
            source_product_id as product_code
        from {{ as_built_before('int_shop__products') }}
        union all
        select
            source_name,
            product_code
        from {{ landed_items }}
        where _built_batch_id > {{ last_built_batch() }} and reject_reason is null
        {%- else -%}
        select
            source_name,
            product_code
        from {{ ref('stg_shop__order_items') }}
        {%- endif %}
    ) as catalogue_and_lines

),

checked as (

    select
        landed.*,
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
    from landed
    left join orders
        on
            landed.source_name = orders.order_source_name
            and landed.order_number = orders.known_order_number
    left join items
        on
            landed.source_name = items.item_source_name
            and landed.order_number = items.item_order_number
            and landed.line_number = items.sold_line_number
    left join products
        on
            landed.source_name = products.product_source_name
            and landed.product_code = products.known_product_code

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
        case
            when order_number is not null and line_number is not null
                then sum(case when row_defect is null and version_rank = 1 then quantity end) over (
                    partition by source_name, order_number, line_number
                    order by returned_at, return_number, _batch_id, _row_number
                    rows between unbounded preceding and current row
                )
        end as returned_so_far
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
                    and returned_so_far > sold_quantity
                    then 'more was returned than was bought, earlier returns included'
            end
        ) as defect
    from summed

)

select
    *,
    {{ reject_reason_of_version('return id') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from judged
where is_judged
