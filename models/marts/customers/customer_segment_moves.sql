{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, to_as_of_date', 'int_changes__history_dates', 'source_name, as_of_date']
    ]}
) }}
with

moved as (

    select * from {{ ref('customer_segment_history') }}
    where
        (previous_rfm_segment is null or previous_rfm_segment <> rfm_segment)
        {{ if_restating(
            'and ' ~ in_slices(
                "source_name", "as_of_date",
                "select source_name, as_of_date from " ~ ref('int_changes__history_dates')
            )
        ) }}

),

explained as (

    select
        *,
        {{ score_change("recency") }} as recency_change,
        -- Frequency and spend name the segment by their mean: what left it alone explains nothing.
        case
            when frequency_monetary_score <> previous_frequency_monetary_score
                then {{ score_change("frequency") }} || {{ score_change("monetary") }}
            else ''
        end as frequency_monetary_change
    from moved

)

select
    source_name,
    customer_id,
    previous_as_of_date as from_as_of_date,
    as_of_date as to_as_of_date,
    previous_rfm_segment as from_rfm_segment,
    rfm_segment as to_rfm_segment,
    recency_score - previous_recency_score as recency_score_change,
    frequency_score - previous_frequency_score as frequency_score_change,
    monetary_score - previous_monetary_score as monetary_score_change,
    order_count - coalesce(previous_order_count, 0) as orders_in_between,
    case
        when previous_rfm_segment is null then 'new customer'
        else substr(recency_change || frequency_monetary_change, 3)
    end as reason
from explained
