{{ config(tags=['every_row']) }}
-- The last row of a triangle holds everything that its cohort ever did: a cell that found no row,
-- or a row too many, would show. The values of a cut together are all customers, and the row
-- numbers of a triangle have no gap.
with
{% set grains = {"month": "months", "week": "weeks"} %}
triangles as (
    {% for period, periods in grains.items() %}
    {% for cut in ["", "_by_cut"] %}
    select
        '{{ periods ~ cut }}' as triangle_name,
        '{{ period }}' as period_name,
        source_name,
        {{ "cut_name" if cut else "'all'" }} as cut_name,
        {{ "cut_value" if cut else "'all'" }} as cut_value,
        cohort_{{ period }} as cohort_date,
        {{ period }}_start_date as start_date,
        period_number,
        cohort_size,
        as_of_date,
        active_customer_count,
        cumulative_orders_per_customer,
        cumulative_net_revenue_per_customer_amount,
        cumulative_kept_revenue_by_order_date_per_customer_amount,
        cumulative_kept_revenue_by_return_date_per_customer_amount
    from {{ ref('cohort_' ~ periods ~ cut) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

ends as (

    select
        *,
        count(*) over (
            partition by triangle_name, source_name, cut_name, cut_value, cohort_date
        ) as row_count,
        row_number() over (
            partition by triangle_name, source_name, cut_name, cut_value, cohort_date
            order by period_number desc
        ) as row_from_end
    from triangles

),

sums as (

    select
        triangle_name,
        period_name,
        source_name,
        cut_name,
        sum(cohort_size) as cohort_size,
        sum(cohort_size * cumulative_orders_per_customer) as order_count,
        sum(cohort_size * cumulative_net_revenue_per_customer_amount) as net_revenue_amount,
        sum(cohort_size * cumulative_kept_revenue_by_order_date_per_customer_amount)
            as kept_by_order_date_amount,
        sum(cohort_size * cumulative_kept_revenue_by_return_date_per_customer_amount)
            as kept_by_return_date_amount,
        sum(
            case
                when row_count <> period_number + 1 or start_date >= as_of_date then 1
                else 0
            end
        ) as ragged_count
    from ends
    where row_from_end = 1
    group by triangle_name, period_name, source_name, cut_name

),

expected as (
    {% for period, periods in grains.items() %}
    select
        '{{ period }}' as period_name,
        source_name,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(net_revenue_amount - returned_by_order_date_amount) as kept_by_order_date_amount,
        sum(net_revenue_amount - returned_by_return_date_amount) as kept_by_return_date_amount
    from ({{ kept_cohorts(ref('int_cohorts__' ~ periods), period) }}) as cells
    where cut_name = 'all'
    group by source_name
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

customers as (
    {% for period in grains %}
    select
        '{{ period }}' as period_name,
        source_name,
        count(*) as cohort_size
    from ({{ kept_cohorts(ref('int_cohorts__customers'), period) }}) as customers
    group by source_name
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    sums.*,
    customers.cohort_size as expected_cohort_size,
    expected.order_count as expected_order_count,
    expected.net_revenue_amount as expected_net_revenue_amount,
    expected.kept_by_order_date_amount as expected_kept_by_order_date_amount,
    expected.kept_by_return_date_amount as expected_kept_by_return_date_amount
from customers
inner join expected
    on
        customers.source_name = expected.source_name
        and customers.period_name = expected.period_name
left join sums
    on customers.source_name = sums.source_name and customers.period_name = sums.period_name
where
    sums.source_name is null
    or sums.ragged_count > 0
    or sums.cohort_size <> customers.cohort_size
    -- Values per customer are rounded to the hundredth of a penny.
    or abs(sums.order_count - expected.order_count) > 0.0001 * customers.cohort_size
    or abs(sums.net_revenue_amount - expected.net_revenue_amount)
    > 0.0001 * customers.cohort_size
    or abs(sums.kept_by_order_date_amount - expected.kept_by_order_date_amount)
    > 0.0001 * customers.cohort_size
    or abs(sums.kept_by_return_date_amount - expected.kept_by_return_date_amount)
    > 0.0001 * customers.cohort_size
