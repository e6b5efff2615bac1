-- A gap leaves customers without a band, an overlap doubles them. The last band holds 1 itself.
with

bands as (

    select
        risk_band,
        min_probability,
        max_probability,
        lag(max_probability) over (order by min_probability, risk_band) as previous_max_probability,
        lead(min_probability) over (order by min_probability, risk_band) as next_min_probability
    from {{ ref('churn_risk_bands') }}

)

select *
from bands
where
    min_probability >= max_probability
    or coalesce(previous_max_probability, 0) <> min_probability
    or (next_min_probability is null and max_probability <= 1)
