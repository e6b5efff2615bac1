with

reviews as (

    select * from {{ ref('review_sentiment') }}
    where product_id is not null

),

counted as (

    select
        reviews.product_id,
        reviews.source_name,
        min(reviews.review_date) as first_review_date,
        max(reviews.review_date) as last_review_date,
        count(*) as review_count,
        count(reviews.rating) as rated_count,
        cast(avg(cast(reviews.rating as {{ money_type() }})) as {{ money_type() }}) as mean_rating,
        count(reviews.sentiment) as judged_count,
        count(case when reviews.sentiment = 'positive' then 1 end) as positive_count,
        count(case when reviews.sentiment = 'neutral' then 1 end) as neutral_count,
        count(case when reviews.sentiment = 'negative' then 1 end) as negative_count,
        cast(avg(reviews.sentiment_score) as {{ money_type() }}) as mean_sentiment_score
    from reviews
    group by reviews.product_id, reviews.source_name

),

aspects as (

    select
        product_id,
        aspect,
        positive_count,
        negative_count,
        row_number() over (
            partition by product_id
            order by positive_count desc, mean_polarity_score desc, aspect asc
        ) as praise_rank,
        row_number() over (
            partition by product_id
            order by negative_count desc, mean_polarity_score asc, aspect asc
        ) as blame_rank
    from {{ ref('review_aspects_by_product') }}

),

named as (

    select
        product_id,
        max(case when praise_rank = 1 and positive_count > 0 then aspect end) as praised_aspect,
        max(case when blame_rank = 1 and negative_count > 0 then aspect end) as criticised_aspect
    from aspects
    group by product_id

),

products as (

    select
        product_id,
        product_name,
        category
    from {{ ref('dim_products') }}

)

select
    counted.product_id,
    counted.source_name,
    products.product_name,
    products.category,
    counted.first_review_date,
    counted.last_review_date,
    counted.review_count,
    counted.rated_count,
    counted.mean_rating,
    counted.judged_count,
    counted.positive_count,
    counted.neutral_count,
    counted.negative_count,
    counted.mean_sentiment_score,
    {{ ratio("counted.positive_count", "counted.judged_count") }} as positive_share,
    named.praised_aspect,
    named.criticised_aspect
from counted
left join named on counted.product_id = named.product_id
left join products on counted.product_id = products.product_id
