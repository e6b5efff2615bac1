{{ config(
    materialized='view',
    meta={'restated_by': [
        ['review_id', 'int_changes__landed_reviews']
    ]}
) }}
with

reviews as (

    select * from {{ ref('int_engagement__reviews') }}

)

select
    review_id,
    source_name,
    product_id,
    customer_id,
    rating,
    review_title,
    review_text,
    reviewed_at,
    cast(reviewed_at as date) as review_date
from reviews
{% if var("as_of_date") -%}
where reviewed_at < cast('{{ var("as_of_date") }}' as timestamp)
{%- endif %}
