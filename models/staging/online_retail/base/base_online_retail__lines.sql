{{ config(
    enabled=is_source_enabled('online_retail'),
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='line_hash',
    indexes=[
        {'columns': ['line_hash']},
        {'columns': ['reject_reason']},
        {'columns': ['invoice_number']},
        {'columns': ['customer_number']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('online_retail', 'lines') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        upper({{ safe_text('invoice_no') }}) as invoice_number,
        upper({{ safe_text('stock_code') }}) as stock_code,
        {{ safe_text('description') }} as product_description,
        cast({{ safe_integer('customer_id') }} as {{ dbt.type_string() }}) as customer_number,
        {{ safe_text('customer_id') }} as customer_number_as_landed,
        {{ safe_text('country') }} as country,
        {{ safe_integer('quantity') }} as quantity,
        {{ safe_numeric('unit_price') }} as unit_price,
        {{ safe_timestamp('invoice_date') }} as invoiced_at
    from source

),

hashed_new as (

    -- Of the values and not of their spelling, since two exports may write 2.55 and 2.5500; and of
    -- the required columns only, since one of them may lack the others.
    select
        *,
        {{ value_hash([
            "invoice_number", "stock_code", "quantity", "unit_price", "invoiced_at"
        ]) }} as line_hash,
        {{ first_reason([
            ["invoice_number is null", "invoice number is missing"],
            ["stock_code is null", "stock code is missing"],
            ["quantity is null", "quantity is not a whole number"],
            ["quantity = 0", "quantity is zero"],
            ["unit_price is null", "unit price is not a number"],
            ["invoiced_at is null", "invoice date is not an ISO date"],
            ["customer_number_as_landed is not null and customer_number is null",
                "customer number is not a whole number"],
        ]) }} as defect
    from typed

),

hashed as (

    {% if is_incremental() %}
    {% set columns = earlier_columns(['occurrence']) | join(', ') %}
    select
        {{ columns }},
        defect
    from hashed_new
    union all
    select
        {{ columns }},
        defect
    from {{ this }}
    where line_hash in (select line_hash from hashed_new)
    {% else %}
    select * from hashed_new
    {% endif %}

),

numbered as (

    -- An invoice may hold the same line twice, and both count. The same line from another file does
    -- not: it is the n-th such line of its batch, and another batch has brought the n-th already.
    -- Among sound rows only: a broken row must not stand in the way of its correction.
    select
        *,
        {{ copy_in_batch("line_hash") }} as occurrence
    from hashed

),

landed as (

    -- The line that names its customer is kept before one from an export without customers.
    select
        *,
        {{ landing_of_copy(
            "line_hash", prefer="case when customer_number is null then 1 else 0 end"
        ) }} as landing
    from numbered

)

select
    {{ landing_keys() }},
    invoice_number,
    stock_code,
    product_description,
    customer_number,
    country,
    quantity,
    unit_price,
    invoiced_at,
    customer_number_as_landed,
    line_hash,
    occurrence,
    defect,
    coalesce(
        defect,
        case when landing > 1 then 'already landed: another batch holds the same line' end
    ) as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from landed
