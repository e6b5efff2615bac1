{{ config(enabled=is_source_enabled('telco')) }}
with

source as (

    select * from {{ source('telco', 'subscriptions') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('gender') }} as gender,
        {{ safe_text('multiple_lines') }} as multiple_lines,
        {{ safe_text('internet_service') }} as internet_service,
        {{ safe_text('online_security') }} as online_security,
        {{ safe_text('online_backup') }} as online_backup,
        {{ safe_text('device_protection') }} as device_protection,
        {{ safe_text('tech_support') }} as tech_support,
        {{ safe_text('streaming_tv') }} as streaming_tv,
        {{ safe_text('streaming_movies') }} as streaming_movies,
        {{ safe_text('contract') }} as contract,
        {{ safe_text('payment_method') }} as payment_method,
        {{ safe_text('total_charges') }} as total_charges_as_landed,
        {{ safe_integer('tenure') }} as tenure_months,
        {{ safe_numeric('monthly_charges') }} as monthly_amount,
        {{ safe_numeric('total_charges') }} as total_amount,
        {{ safe_boolean('senior_citizen') }} as is_senior_citizen,
        {{ safe_boolean('partner') }} as has_partner,
        {{ safe_boolean('dependents') }} as has_dependents,
        {{ safe_boolean('phone_service') }} as has_phone_service,
        {{ safe_boolean('paperless_billing') }} as has_paperless_billing,
        {{ safe_boolean('churn') }} as has_churned
    from source

),

checked as (

    select
        *,
        {{ first_reason([
            ["customer_number is null", "customer id is missing"],
            ["contract is null", "contract is missing"],
            ["tenure_months is null", "tenure is not a whole number"],
            ["tenure_months < 0", "tenure is negative"],
            ["monthly_amount is null", "monthly charges are not a number"],
            ["monthly_amount < 0", "monthly charges are negative"],
            ["total_charges_as_landed is not null and total_amount is null",
                "total charges are not a number"],
            ["total_amount < 0", "total charges are negative"],
            ["has_churned is null", "churn is neither yes nor no"],
        ]) }} as defect
    from typed

),

versioned as (

    select
        *,
        {{ version_rank(['customer_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('customer id') }} as reject_reason
from versioned
