-- Marketers edit this seed. A missing pair leaves customers without a tier, a pair written twice doubles
-- them, and a score beyond 5 is a rule that never applies. The rows say which pair, and what is wrong.
with

pairs as (

    select
        recency_cells.score as recency_score,
        monetary_cells.score as monetary_score
    from (select distinct recency_score as score from {{ ref('rfm_segments') }}) as recency_cells
    cross join (
        select distinct recency_score as score from {{ ref('rfm_segments') }}
    ) as monetary_cells

),

rules as (

    select
        recency_score,
        monetary_score,
        count(*) as rule_count
    from {{ ref('rfm_value_tiers') }}
    where value_tier is not null
    group by recency_score, monetary_score

)

select
    coalesce(pairs.recency_score, rules.recency_score) as recency_score,
    coalesce(pairs.monetary_score, rules.monetary_score) as monetary_score,
    case
        when rules.rule_count is null then 'no tier'
        when pairs.recency_score is null then 'no such scores'
        else 'more than one tier'
    end as fault
from pairs
full outer join rules
    on
        pairs.recency_score = rules.recency_score
        and pairs.monetary_score = rules.monetary_score
where pairs.recency_score is null or rules.rule_count is null or rules.rule_count > 1
