{#
    Whom to contact first: what a contact is expected to bring, less what it costs. Cost and save rate
    are the shop's own assumptions (vars contact_cost_amount, contact_save_rate).
#}
with

risks as (

    select * from {{ ref('customer_revenue_at_risk') }}

),

today as (

    select
        source_name,
        as_of_date
    from {{ ref('ftr_as_of_dates') }}
    where is_today

),

margins as (

    -- Of goods of known cost in the last twelve months, where these are most of the revenue.
    select
        months.source_name,
        {{ ratio(
            "sum(months.gross_margin_amount)",
            "sum(months.costed_revenue_share * months.net_revenue_amount)",
        ) }} as margin_rate
    from {{ ref('kpi_monthly') }} as months
    inner join today on months.source_name = today.source_name
    where months.month_start_date >= {{ add_months("today.as_of_date", -12) }}
    group by months.source_name
    having
        2 * sum(months.costed_revenue_share * months.net_revenue_amount)
        >= sum(months.net_revenue_amount)

),

gains as (

    select
        risks.customer_id,
        risks.source_name,
        risks.as_of_date,
        risks.revenue_at_risk_amount,
        risks.revenue_at_risk_missing_reason,
        margins.margin_rate,
        cast(
            {{ var("contact_save_rate") }}
            * risks.revenue_at_risk_amount
            * coalesce(margins.margin_rate, 1)
            - {{ var("contact_cost_amount") }} as {{ money_type() }}
        ) as expected_gain_amount
    from risks
    left join margins on risks.source_name = margins.source_name

)

select
    customer_id,
    source_name,
    as_of_date,
    revenue_at_risk_amount,
    margin_rate,
    case when margin_rate is null then 'revenue' else 'margin' end as gain_basis,
    expected_gain_amount,
    case
        when expected_gain_amount is not null
            then cast(
                row_number() over (
                    partition by source_name
                    order by expected_gain_amount desc nulls last, customer_id asc
                ) as int
            )
    end as priority_rank,
    expected_gain_amount > 0 as is_worth_contacting,
    revenue_at_risk_missing_reason as missing_reason
from gains
