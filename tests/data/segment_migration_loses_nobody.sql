{{ config(tags=['every_row']) }}
-- Everyone in a segment at the start of a month goes somewhere, and everyone in a segment at its
-- end came from somewhere: the matrix has the customers of both dates, and its rows add up to 1.
with

standing as (

    select
        source_name,
        as_of_date,
        rfm_segment,
        count(*) as customer_count
    from {{ ref('int_customers__rfm_segments') }}
    group by source_name, as_of_date, rfm_segment

),

left_segments as (

    select
        source_name,
        from_as_of_date as as_of_date,
        from_rfm_segment as rfm_segment,
        sum(customer_count) as customer_count,
        max(from_customer_count) as from_customer_count,
        sum(share_of_from_segment) as share_sum
    from {{ ref('segment_migration_monthly') }}
    group by source_name, month_start_date, from_as_of_date, from_rfm_segment

),

reached_segments as (

    select
        source_name,
        to_as_of_date as as_of_date,
        to_rfm_segment as rfm_segment,
        sum(customer_count) as customer_count
    from {{ ref('segment_migration_monthly') }}
    group by source_name, to_as_of_date, to_rfm_segment

),

newest as (

    select
        source_name,
        max(as_of_date) as as_of_date
    from standing
    group by source_name

)

select
    standing.source_name,
    standing.as_of_date,
    standing.rfm_segment,
    'someone of the segment is not in the matrix' as fault
from standing
inner join newest on standing.source_name = newest.source_name
left join left_segments
    on
        standing.source_name = left_segments.source_name
        and standing.as_of_date = left_segments.as_of_date
        and standing.rfm_segment = left_segments.rfm_segment
left join reached_segments
    on
        standing.source_name = reached_segments.source_name
        and standing.as_of_date = reached_segments.as_of_date
        and standing.rfm_segment = reached_segments.rfm_segment
where
    standing.customer_count <> coalesce(reached_segments.customer_count, 0)
    or (
        standing.as_of_date < newest.as_of_date
        and standing.customer_count <> coalesce(left_segments.customer_count, 0)
    )

union all

select
    source_name,
    as_of_date,
    rfm_segment,
    'shares do not add up' as fault
from left_segments
where customer_count <> from_customer_count or abs(share_sum - 1) > 0.0001
