-- Marketers edit this seed. A missing pair leaves customers without a tier, a pair written twice
-- doubles them, and a score beyond 5 is a rule that never applies. The rows say which pair, and
-- what is wrong.
with

scores as (

    select distinct recency_score as score
    from {{ ref('rfm_segments') }}

),

pairs as (

    select
        scores.score as recency_score,
        monetary_scores.score as monetary_score
    from scores
    cross join scores as monetary_scores

),

rules as (

    select
        recency_score,
        monetary_score,
        count(*) as rule_count,
        count(value_tier) as tier_count
    from {{ ref('rfm_value_tiers') }}
    group by recency_score, monetary_score

)

select
    coalesce(pairs.recency_score, rules.recency_score) as recency_score,
    coalesce(pairs.monetary_score, rules.monetary_score) as monetary_score,
    case
        when pairs.recency_score is null then 'no such scores'
        when rules.rule_count > 1 then 'more than one tier'
        else 'no tier'
    end as fault
from pairs
full outer join rules
    on
        pairs.recency_score = rules.recency_score
        and pairs.monetary_score = rules.monetary_score
where
    pairs.recency_score is null
    or rules.rule_count > 1
    or coalesce(rules.tier_count, 0) = 0
