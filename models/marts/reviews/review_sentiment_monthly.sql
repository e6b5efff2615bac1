with

products as (

    select
        product_id,
        category
    from {{ ref('dim_products') }}

),

reviews as (

    select
        judged.*,
        {{ month_start("judged.review_date") }} as review_month,
        coalesce(products.category, 'unknown') as category
    from {{ ref('review_sentiment') }} as judged
    left join products on judged.product_id = products.product_id

),

counted as (

    select
        reviews.source_name,
        reviews.review_month,
        reviews.category,
        count(*) as review_count,
        count(reviews.rating) as rated_count,
        cast(avg(cast(reviews.rating as {{ money_type() }})) as {{ money_type() }}) as mean_rating,
        count(reviews.sentiment) as judged_count,
        count(case when reviews.sentiment = 'positive' then 1 end) as positive_count,
        count(case when reviews.sentiment = 'neutral' then 1 end) as neutral_count,
        count(case when reviews.sentiment = 'negative' then 1 end) as negative_count,
        cast(avg(reviews.sentiment_score) as {{ money_type() }}) as mean_sentiment_score
    from reviews
    group by reviews.source_name, reviews.review_month, reviews.category

)

select
    counted.*,
    {{ ratio("positive_count", "judged_count") }} as positive_share,
    {{ ratio("negative_count", "judged_count") }} as negative_share
from counted
