with

unioned as (

    select * from {{ ref('int_sales__online_retail_returns') }}
    union all
    select * from {{ ref('int_sales__sample_returns') }}

)

select
    source_name,
    return_id,
    order_id,
    order_item_id,
    customer_id,
    product_id,
    currency,
    quantity,
    returned_amount,
    order_item_id is not null as is_matched,
    returned_at,
    cast(returned_at as date) as return_date
from unioned
