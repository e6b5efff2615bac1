{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'geolocation') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ five_digit_code('geolocation_zip_code_prefix') }} as zip_code_prefix,
        {{ safe_text('geolocation_city') }} as city,
        {{ safe_text('geolocation_state') }} as state,
        {{ safe_numeric('geolocation_lat') }} as latitude,
        {{ safe_numeric('geolocation_lng') }} as longitude
    from source

),

checked as (

    -- No row supersedes another: the file has no key, and equal points are how it was exported.
    select
        *,
        {{ first_reason([
            ["zip_code_prefix is null", "zip code prefix is not a number of up to five digits"],
            ["latitude is null", "latitude is not a number"],
            ["latitude not between -90 and 90", "latitude is not on the globe"],
            ["longitude is null", "longitude is not a number"],
            ["longitude not between -180 and 180", "longitude is not on the globe"],
        ]) }} as reject_reason
    from typed

)

select * from checked
