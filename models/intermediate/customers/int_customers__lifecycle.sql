{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, as_of_date', 'int_changes__score_dates']]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{# The rule of the lifecycle states, in words: docs/customer_marts.md. #}
{%- set cooling = var("lifecycle_cooling_spreads") %}
{%- set lapsed = var("lifecycle_lapsed_spreads") %}
with

judged as (

    select
        customers.*,
        case
            when customers.typical_days is not null then 'own'
            when shops.typical_days_between_orders is not null then 'shop'
            else 'horizon'
        end as rhythm_basis,
        coalesce(customers.typical_days, shops.typical_days_between_orders)
            as typical_days_between_orders,
        coalesce(
            {{ late_after_days("customers.typical_days", "customers.spread_days", cooling) }},
            shops.cooling_after_days
        ) as cooling_after_days,
        coalesce(
            {{ late_after_days("customers.typical_days", "customers.spread_days", lapsed) }},
            shops.lapsed_after_days
        ) as lapsed_after_days,
        customers.last_gap_days > coalesce(
            {{ late_after_days(
                "customers.earlier_typical_days", "customers.earlier_spread_days", lapsed
            ) }},
            shops.lapsed_after_days
        ) as has_come_back
    from {{ ref('int_customers__rhythms') }} as customers
    inner join {{ ref('int_customers__shop_rhythms') }} as shops
        on
            customers.source_name = shops.source_name
            and customers.as_of_date = shops.as_of_date
    {{ if_restating(
        'where ' ~ in_slices(
            "customers.source_name", "customers.as_of_date",
            "select source_name, as_of_date from " ~ ref('int_changes__score_dates')
        )
    ) }}

)

select
    source_name,
    as_of_date,
    customer_id,
    case
        when days_since_last_order > lapsed_after_days then 'lapsed'
        when days_since_last_order > cooling_after_days then 'cooling'
        when order_day_count = 1 then 'new'
        when has_come_back then 'won back'
        else 'active'
    end as lifecycle_state,
    rhythm_basis,
    order_day_count,
    days_since_first_order,
    days_since_last_order,
    cast(typical_days_between_orders as numeric(18, 4)) as typical_days_between_orders,
    cooling_after_days,
    lapsed_after_days
from judged
-- Date by date, for those who read or replace one.
order by as_of_date
