{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'product_code'],
    indexes=[
        {'columns': ['source_name', 'product_code']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'products') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _source_name as source_name,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('product_name') }} as product_name,
        {{ safe_text('category') }} as category,
        coalesce(lower({{ safe_text('product_kind') }}), 'product') as product_kind,
        {{ safe_text('list_price') }} as list_price_as_landed,
        {{ safe_text('unit_cost') }} as unit_cost_as_landed,
        {{ safe_numeric('list_price') }} as list_price,
        {{ safe_numeric('unit_cost') }} as unit_cost
    from source

),

landed as (

    {{ with_earlier_rows('typed', key=['source_name', 'product_code']) }}

),

checked as (

    select
        *,
        {{ first_reason([
            ["product_code is null", "product id is missing"],
            [unfit_id("product_code"), "product id is over 255 characters or holds a line break"],
            ["product_name is null", "product name is missing"],
            ["product_kind not in ('product', 'postage', 'fee', 'manual', 'discount', 'voucher')",
                "product kind is none of product, postage, fee, manual, discount, voucher"],
            ["list_price is null and list_price_as_landed is not null", "list price is not a number"],
            ["list_price < 0", "list price is negative"],
            ["unit_cost is null and unit_cost_as_landed is not null", "unit cost is not a number"],
            ["unit_cost < 0", "unit cost is negative"],
        ]) }} as defect
    from landed

),

versioned as (

    select
        *,
        {{ version_rank(['source_name', 'product_code']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('product id') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
