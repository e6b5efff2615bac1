{{ config(enabled=is_source_enabled('cdnow')) }}
with

source as (

    select * from {{ source('cdnow', 'transactions') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('master_id') }} as customer_number,
        {{ safe_text('sample_id') }} as sample_number,
        {{ safe_integer('master_id') }} as customer_number_as_integer,
        {{ safe_integer('cd_count') }} as quantity,
        {{ safe_numeric('dollar_amount') }} as net_amount,
        {{ safe_compact_date('transaction_date') }} as transaction_date
    from source

),

checked as (

    select
        *,
        {{ value_hash(["customer_number", "quantity", "net_amount", "transaction_date"]) }}
            as transaction_hash,
        {{ first_reason([
            ["customer_number_as_integer is null", "customer number is not a whole number"],
            ["transaction_date is null", "date is not a day as yyyymmdd"],
            ["quantity is null", "number of CDs is not a whole number"],
            ["quantity <= 0", "number of CDs is not positive"],
            ["net_amount is null", "dollars are not a number"],
            ["net_amount < 0", "dollars are negative"],
        ]) }} as defect
    from typed

),

numbered as (

    select
        *,
        {{ copy_in_batch("transaction_hash") }} as occurrence
    from checked

),

landed as (

    select
        *,
        {{ landing_of_copy("transaction_hash") }} as landing
    from numbered

)

select
    {{ landing_keys() }},
    customer_number,
    sample_number,
    quantity,
    net_amount,
    transaction_date,
    transaction_hash,
    occurrence,
    coalesce(
        defect,
        case when landing > 1 then 'already landed: another batch holds the same transaction' end
    ) as reject_reason
from landed
