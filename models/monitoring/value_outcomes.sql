{# As churn_outcomes, for what was expected to be spent within three, six and twelve months. #}
{{ config(materialized='view') }}

with

scores as (

    select * from {{ ref('stg_ml__customer_clv_scores') }}
    where horizon_months in (3, 6, 12)

),

runs as (

    {{ closed_runs(
        ref('stg_ml__customer_clv_scores'),
        "horizon_months",
        add_months("as_of_date", "horizon_months"),
        horizons=[3, 6, 12],
    ) }}

),

bought as (

    {{ bought_in_windows("runs") }}

),

people as (

    select
        runs.source_name,
        runs.as_of_date,
        runs.horizon_months,
        runs.window_end_date,
        scores.model_name,
        runs.model_version,
        runs.run_id,
        homes.customer_id,
        scores.expected_net_revenue_amount,
        scores.expected_net_revenue_lower_amount,
        scores.expected_net_revenue_upper_amount,
        row_number() over (
            partition by runs.run_id, runs.horizon_months, homes.customer_id
            order by
                case when scores.customer_id = homes.customer_id then 0 else 1 end asc,
                scores.customer_id asc
        ) as id_rank
    from runs
    inner join scores
        on
            runs.source_name = scores.source_name
            and runs.run_id = scores.run_id
            and runs.horizon_months = scores.horizon_months
    inner join {{ ref('int_identity__customers') }} as linked
        on scores.customer_id = linked.account_id
    inner join {{ ref('int_customers__customers') }} as homes
        on
            linked.customer_id = homes.customer_id
            and runs.source_name = homes.source_name

)

select
    people.source_name,
    people.as_of_date,
    people.horizon_months,
    people.window_end_date,
    people.model_name,
    people.model_version,
    people.run_id,
    people.customer_id,
    cast(people.expected_net_revenue_amount as {{ money_type() }}) as expected_net_revenue_amount,
    cast(people.expected_net_revenue_lower_amount as {{ money_type() }})
        as expected_net_revenue_lower_amount,
    cast(people.expected_net_revenue_upper_amount as {{ money_type() }})
        as expected_net_revenue_upper_amount,
    cast(coalesce(bought.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
    cast(
        ntile(5) over (
            partition by people.run_id, people.horizon_months
            order by people.expected_net_revenue_amount, people.customer_id
        ) as int
    ) as value_fifth
from people
left join bought
    on
        people.source_name = bought.source_name
        and people.as_of_date = bought.as_of_date
        and people.window_end_date = bought.window_end_date
        and people.customer_id = bought.customer_id
-- Postgres takes a rank that is 1 for one row of 200, and then compares everybody with every buyer.
where people.id_rank < 2
