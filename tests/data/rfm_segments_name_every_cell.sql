-- Scores run from 1 to 5 each: a cell without a name leaves its customers without a segment, and
-- reports count on eleven names.
with

cells as (

    select
        count(*) as cell_count,
        count(distinct segment_name) as name_count,
        count(segment_name) as named_count,
        min(recency_score) as lowest_recency_score,
        max(recency_score) as highest_recency_score,
        min(frequency_monetary_score) as lowest_other_score,
        max(frequency_monetary_score) as highest_other_score
    from {{ ref('rfm_segments') }}

)

select *
from cells
where
    cell_count <> 25
    or named_count <> 25
    or name_count <> 11
    or lowest_recency_score <> 1
    or highest_recency_score <> 5
    or lowest_other_score <> 1
    or highest_other_score <> 5
