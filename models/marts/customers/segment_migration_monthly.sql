{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, to_as_of_date', 'int_changes__history_dates', 'source_name, as_of_date']
    ]}
) }}
with

steps as (

    select
        history.source_name,
        history_dates.month_start_date,
        history.previous_as_of_date as from_as_of_date,
        history.as_of_date as to_as_of_date,
        history_dates.is_month_complete,
        history.previous_rfm_segment as from_rfm_segment,
        history.rfm_segment as to_rfm_segment,
        cast(count(*) as int) as customer_count
    from {{ ref('customer_segment_history') }} as history
    inner join {{ ref('int_calendar__history_dates') }} as history_dates
        on
            history.source_name = history_dates.source_name
            and history.as_of_date = history_dates.as_of_date
    {{ if_restating(
        'where ' ~ in_slices(
            "history.source_name", "history.as_of_date",
            "select source_name, as_of_date from " ~ ref('int_changes__history_dates')
        )
    ) }}
    group by
        history.source_name, history_dates.month_start_date, history.previous_as_of_date,
        history.as_of_date, history_dates.is_month_complete, history.previous_rfm_segment,
        history.rfm_segment

),

totals as (

    select
        *,
        sum(customer_count) over (
            partition by source_name, month_start_date, from_rfm_segment
        ) as from_customer_count
    from steps

)

select
    source_name,
    month_start_date,
    from_as_of_date,
    to_as_of_date,
    is_month_complete,
    from_rfm_segment,
    to_rfm_segment,
    customer_count,
    cast(from_customer_count as int) as from_customer_count,
    cast(cast(customer_count as numeric(18, 6)) / from_customer_count as numeric(18, 6))
        as share_of_from_segment
from totals
