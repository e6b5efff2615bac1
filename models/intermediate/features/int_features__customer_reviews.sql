{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, as_of_date', 'int_changes__as_of_dates'],
        ['customer_id, as_of_date', 'int_changes__customer_dates']
    ]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
with

as_of_dates as (

    select * from {{ ref('int_calendar__as_of_dates') }}

),

reviews as (

    select
        reviews.customer_id,
        customers.source_name,
        cast(reviews.reviewed_at as date) as known_date,
        reviews.rating
    from {{ ref('int_engagement__reviews') }} as reviews
    inner join {{ ref('int_customers__customers') }} as customers
        on reviews.customer_id = customers.customer_id

),

known as (

    {{ known_as_of("reviews") }}

)

select
    as_of_date,
    customer_id,
    source_name,
    cast(count(*) as int) as review_count,
    cast(avg(cast(rating as numeric(18, 4))) as numeric(18, 4)) as mean_rating,
    cast(sum(case when rating <= 2 then 1 else 0 end) as int) as low_rating_count,
    min({{ days_between("known_date", "as_of_date") }}) as days_since_last_review
from known
group by as_of_date, customer_id, source_name
