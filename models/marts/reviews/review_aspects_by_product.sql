with

aspects as (

    select * from {{ ref('review_aspects') }}
    where aspect is not null and product_id is not null

),

ranked as (

    select
        aspects.*,
        row_number() over (
            partition by aspects.product_id, aspects.aspect
            order by aspects.polarity_score desc, aspects.review_id asc
        ) as praise_rank,
        row_number() over (
            partition by aspects.product_id, aspects.aspect
            order by aspects.polarity_score asc, aspects.review_id asc
        ) as blame_rank
    from aspects

)

select
    product_id,
    source_name,
    aspect,
    count(*) as review_count,
    sum(mention_count) as mention_count,
    count(case when sentiment = 'positive' then 1 end) as positive_count,
    count(case when sentiment = 'neutral' then 1 end) as neutral_count,
    count(case when sentiment = 'negative' then 1 end) as negative_count,
    cast(avg(polarity_score) as {{ money_type() }}) as mean_polarity_score,
    max(case when sentiment = 'positive' and praise_rank = 1 then evidence end)
        as positive_example,
    max(case when sentiment = 'negative' and blame_rank = 1 then evidence end)
        as negative_example
from ranked
group by product_id, source_name, aspect
