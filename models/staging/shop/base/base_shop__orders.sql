{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'order_number'],
    indexes=[
        {'columns': ['source_name', 'order_number']},
        {'columns': ['account_id']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'orders') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _loaded_at,
        _source_name as source_name,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('full_name') }} as full_name,
        lower({{ safe_text('email') }}) as email,
        {{ safe_text('phone') }} as phone,
        {{ safe_text('channel') }} as channel,
        {{ safe_text('country') }} as country,
        upper({{ safe_text('currency') }}) as currency,
        coalesce(lower({{ safe_text('status') }}), 'completed') as order_status,
        {{ safe_text('discount_amount') }} as discount_amount_as_landed,
        {{ safe_text('shipping_amount') }} as shipping_amount_as_landed,
        {{ safe_text('tax_amount') }} as tax_amount_as_landed,
        {{ safe_numeric('discount_amount') }} as discount_amount,
        {{ safe_numeric('shipping_amount') }} as shipping_amount,
        {{ safe_numeric('tax_amount') }} as tax_amount,
        {{ safe_timestamp('ordered_at') }} as ordered_at
    from source

),

landed as (

    {{ with_earlier_rows(
        'typed',
        key=['source_name', 'order_number'],
        derived=['known_customer_number', 'shop_currency', 'account_id'],
        retry=['customer is unknown']
    ) }}

),

{{ known_customers() }},

checked as (

    select
        landed.*,
        customers.known_customer_number,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            [unfit_id("order_number"), "order id is over 255 characters or holds a line break"],
            ["ordered_at is null", "order time is not an ISO timestamp"],
            ["ordered_at < " ~ first_year(), "order time lies before 1971"],
            ["ordered_at > _loaded_at", "order time lies after the time of loading"],
            [unfit_id("customer_number"), "customer id is over 255 characters or holds a line break"],
            customer_is_unknown(),
            ["currency is null", "currency is missing"],
            ["length(currency) <> 3", "currency is not a code of three letters"],
            ["order_status not in ('completed', 'cancelled', 'test')",
                "status is none of completed, cancelled, test"],
            ["discount_amount is null and discount_amount_as_landed is not null",
                "discount is not a number"],
            ["discount_amount < 0", "discount is negative"],
            ["shipping_amount is null and shipping_amount_as_landed is not null",
                "shipping is not a number"],
            ["shipping_amount < 0", "shipping is negative"],
            ["tax_amount is null and tax_amount_as_landed is not null", "tax is not a number"],
        ]) }} as row_defect
    from landed
    {{ join_known_customers('landed') }}

),

{% if is_incremental() %}
currencies as (

    -- What it was when everything was built: a shop does not change it over night, and the test
    -- each_shop_sells_in_its_most_common_currency tells when it has.
    select
        sources.source_name as currency_source_name,
        (
            select earlier.shop_currency
            from {{ this }} as earlier
            where earlier.source_name = sources.source_name
            order by earlier.order_number
            limit 1
        ) as shop_currency,
        1 as currency_rank
    from (select distinct source_name from landed) as sources

),
{% else %}
counted as (

    -- Each order once, however often it was exported.
    select
        source_name,
        currency,
        count(*) as order_count
    from (
        select distinct
            source_name,
            currency,
            order_number
        from checked
        where row_defect is null
    ) as sound
    group by source_name, currency

),

currencies as (

    -- Of most orders, whichever arrived first. Amounts are summed and never converted.
    select
        source_name as currency_source_name,
        currency as shop_currency,
        row_number() over (
            partition by source_name order by order_count desc, currency asc
        ) as currency_rank
    from counted

),
{% endif %}
judged as (

    select
        checked.*,
        currencies.shop_currency,
        coalesce(
            checked.row_defect,
            case
                when checked.currency <> currencies.shop_currency
                    then 'currency is not that of most orders of the shop'
            end
        ) as defect
    from checked
    left join currencies
        on
            checked.source_name = currencies.currency_source_name
            and currencies.currency_rank = 1

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        {{ version_rank(['source_name', 'order_number']) }} as version_rank
    from judged

)

select
    *,
    {{ shop_account_id() }} as account_id,
    {{ reject_reason_of_version('order id') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
