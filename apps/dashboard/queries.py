"""Every number of the dashboard as SQL on the marts: what is not here is not shown."""

from __future__ import annotations

from apps.dashboard.filters import Filters
from apps.sql import Query

SHOPS = "select source_name from marts.data_through where order_count > 0 order by source_name"
BOUNDS = """
select d.first_order_date, d.last_order_date, k.currency from marts.data_through as d
left join (
    select source_name, max(currency) as currency from marts.kpi_monthly group by source_name
) as k on k.source_name = d.source_name
where d.source_name = $1
"""
COUNTRIES = """
select country from marts.fct_orders where source_name = $1 and country is not null
group by country order by count(*) desc, country
"""
PERSONAS = """
select persona_name from predictions.segments where source_name = $1 order by segment_number
"""
PERSONA_OF = """
left join predictions.customer_segments as s on s.customer_id = o.customer_id
"""
KPI_COLUMNS = """
cast(coalesce(sum(o.net_revenue_amount), 0) as float8) as net_revenue_amount,
count(*) as order_count, count(distinct o.customer_id) as customer_count,
cast(sum(o.net_revenue_amount) / nullif(count(*), 0) as float8) as average_order_value_amount,
cast(coalesce(sum(o.returned_amount), 0) as float8) as returned_amount
"""


def orders(columns: str, filters: Filters) -> Query:
    """Columns over the orders that the filters leave; a persona is the customer's of today."""
    joined = PERSONA_OF if filters.persona else ""
    query = Query(f"select {columns} from marts.fct_orders as o {joined}")  # noqa: S608
    query.where("o.source_name = ${}", filters.source)
    query.where("o.order_date >= ${}", filters.first_date)
    query.where("o.order_date <= ${}", filters.last_date)
    if filters.country:
        query.where("o.country = ${}", filters.country)
    if filters.persona:
        query.where("s.persona_name = ${}", filters.persona)
    return query


def kpis(filters: Filters) -> Query:
    """The key figures of the period: one row."""
    return orders(KPI_COLUMNS, filters)


def revenue_by_day(filters: Filters) -> Query:
    """Net revenue and orders per day with orders."""
    columns = (
        "o.order_date, cast(sum(o.net_revenue_amount) as float8) as net_revenue_amount, "
        "count(*) as order_count"
    )
    return orders(columns, filters).end("group by o.order_date order by o.order_date")


def customers(columns: str, filters: Filters) -> Query:
    """Columns over the customers that the filters leave; the period has no say."""
    query = Query(f"select {columns} from marts.customer_360 as c")  # noqa: S608
    query.where("c.source_name = ${}", filters.source)
    if filters.country:
        query.where("c.country = ${}", filters.country)
    if filters.persona:
        query.where("c.persona_name = ${}", filters.persona)
    return query


COHORTS = """
select cohort_month, period_number, cast(retention_rate as float8) as retention_rate, cohort_size,
    is_period_complete
from marts.cohort_months where source_name = $1 order by cohort_month, period_number
"""
MONTHS = """
select month_start_date, currency, order_count, customer_count, new_customer_count,
    cast(net_revenue_amount as float8) as net_revenue_amount,
    cast(returned_amount as float8) as returned_amount,
    cast(average_order_value_amount as float8) as average_order_value_amount
from marts.kpi_monthly where source_name = $1 and is_complete order by month_start_date desc limit 2
"""
SEGMENTS = """
select segment_id, segment_number, persona_name, recommended_action, customer_count,
    customer_share, is_outlier_group
from predictions.segments where source_name = $1 order by segment_number
"""
PROFILES = """
select segment_id, persona_name, feature_name, lower_quartile, median_value, upper_quartile
from predictions.segment_profiles where source_name = $1
"""
COORDINATES = """
select p.customer_id, g.persona_name, p.pca_1, p.pca_2, p.tsne_1, p.tsne_2
from predictions.segment_coordinates as p
join predictions.segments as g on g.segment_id = p.segment_id and g.run_id = p.run_id
where p.source_name = $1
"""
MIGRATION = """
select from_rfm_segment, to_rfm_segment, customer_count,
    cast(share_of_from_segment as float8) as share_of_from_segment, month_start_date
from marts.segment_migration_monthly
where source_name = $1 and month_start_date = (
    select max(month_start_date) from marts.segment_migration_monthly
    where source_name = $1 and is_month_complete
)
"""
CALIBRATION = """
select as_of_date, model_version, bucket_name, customer_count,
    cast(predicted_mean as float8) as predicted_mean,
    cast(observed_mean as float8) as observed_mean, is_hindsight
from monitoring.model_performance
where task_name = 'churn' and source_name = $1 and bucket_name <> 'all'
order by as_of_date, bucket_name
"""
WHALES = """
select cast(top_percent as float8) as top_percent, customer_count,
    cast(net_revenue_share as float8) as net_revenue_share,
    cast(threshold_amount as float8) as threshold_amount
from marts.customer_whales where source_name = $1 order by top_percent
"""
FOUND = """
select customer_id, customer_name, email, country, persona_name
from marts.customer_360
where source_name = $1 and (
    strpos(lower(source_customer_id), lower($2)) = 1
    or strpos(lower(coalesce(customer_name, '')), lower($2)) > 0
    or strpos(lower(coalesce(email, '')), lower($2)) = 1
)
order by net_revenue_amount desc, customer_id limit 50
"""
CUSTOMER = "select * from marts.customer_360 where customer_id = $1"
HISTORY = """
select order_id, order_date, line_count, unit_count,
    cast(net_revenue_amount as float8) as net_revenue_amount,
    cast(returned_amount as float8) as returned_amount
from marts.fct_orders where customer_id = $1 order by order_date, order_id
"""
CURVE = """
select horizon_months, horizon_end_date, cast(clv_amount as float8) as clv_amount,
    cast(clv_lower_amount as float8) as clv_lower_amount,
    cast(clv_upper_amount as float8) as clv_upper_amount
from predictions.customer_clv_months where customer_id = $1 order by horizon_months
"""
VERSIONS = """
select task_name, model_version, model_name, is_champion, trained_at, trained_as_of_date,
    training_row_count, training_seconds
from predictions.model_versions where source_name = $1 order by task_name, trained_at desc
"""
EVALUATIONS = """
select task_name, model_name, metric_name, metric_value, ci_lower, ci_upper, baseline_name,
    baseline_value, gain_lower, gain_upper, evaluated_as_of_date, sample_count, protocol
from predictions.model_evaluations where source_name = $1 and is_champion
order by task_name, metric_name, baseline_name
"""
FRESHNESS = """
select task_name, as_of_date, scored_as_of_date, days_behind, customer_count, model_version
from monitoring.prediction_freshness where source_name = $1 order by task_name
"""
DRIFT = """
select feature_name, drift_level, cast(population_stability_index as float8)
    as population_stability_index, cast(index_by_chance as float8) as index_by_chance,
    cast(reference_mean as float8) as reference_mean, cast(mean as float8) as mean,
    cast(reference_unknown_share as float8) as reference_unknown_share,
    cast(unknown_share as float8) as unknown_share, reference_date, as_of_date, model_version
from monitoring.feature_drift where source_name = $1
order by population_stability_index - index_by_chance desc, feature_name
"""
DATA_THROUGH = "select * from marts.data_through where source_name = $1"
LOADS = """
select batch_id, table_name, source_file, row_count, state, message, started_at
from raw.load_batches order by batch_id desc limit 200
"""
REJECTS = """
select source_name, table_name, reject_reason, source_file, rejected_row_count,
    cast(rejected_share as float8) as rejected_share, first_row_number
from monitoring.rejected_rows order by rejected_row_count desc limit 200
"""
CHECKS = """
select batch_id, source_name, table_name, check_kind, check_name, column_name, severity, observed,
    threshold, checked_at
from raw.batch_checks where not success order by batch_id desc, check_number limit 200
"""
FORECAST_SERIES = """
select series_level, series_key from predictions.sales_forecast
where source_name = $1 and series_level <> 'product' and grain = 'day'
group by series_level, series_key order by sum(forecast_amount) desc nulls last, series_key
"""
FORECAST = """
select target_date, target_end_date, horizon_days, cast(forecast_amount as float8) as value,
    cast(lower_80_amount as float8) as lower, cast(upper_80_amount as float8) as upper,
    cast(lower_95_amount as float8) as lower_95, cast(upper_95_amount as float8) as upper_95,
    method, reason, as_of_date
from predictions.sales_forecast
where source_name = $1 and series_level = $2 and series_key = $3 and grain = $4
order by target_date
"""
SOLD = """
select sales_date as order_date, cast(net_revenue_amount as float8) as net_revenue_amount
from features.ftr_sales_daily
where source_name = $1 and series_level = $2 and series_key = $3 order by sales_date
"""
FORECAST_ACCURACY = """
select series_level, grain, horizon_bucket, forecast_count, first_target_date, last_target_date,
    cast(wape as float8) as wape, cast(coverage_80 as float8) as coverage_80,
    cast(coverage_95 as float8) as coverage_95, model_version
from monitoring.forecast_accuracy where source_name = $1
order by series_level, grain, horizon_bucket
"""
PRODUCTS = """
select product_id, product_name, category, abc_class, revenue_rank,
    cast(net_revenue_last_12_months_amount as float8) as net_revenue_last_12_months_amount,
    unit_count_last_12_months, order_count_last_12_months,
    cast(unit_return_rate_last_12_months as float8) as unit_return_rate,
    cast(gross_margin_rate_last_12_months as float8) as gross_margin_rate
from marts.product_performance
where source_name = $1 and is_product and order_count_last_12_months > 0
order by revenue_rank, product_id
"""
RELATED = """
select list_name, list_rank, related_product_id, related_product_name, basket_count,
    cast(confidence as float8) as confidence, cast(lift as float8) as lift
from predictions.product_recommendations where product_id = $1 order by list_name, list_rank
"""
LISTS = """
select list_name, list_rank, product_name, reason, expected_next_purchase_date, product_id
from predictions.customer_recommendations where customer_id = $1 order by list_name, list_rank
"""
REVIEWED = """
select product_id, product_name, category, review_count, cast(mean_rating as float8) as mean_rating,
    cast(positive_share as float8) as positive_share, praised_aspect, criticised_aspect
from marts.product_review_summary where source_name = $1
order by review_count desc, product_id limit 1000
"""
ASPECTS = """
select aspect, product_id, review_count, positive_count, neutral_count, negative_count,
    positive_example, negative_example
from marts.review_aspects_by_product where source_name = $1
order by review_count desc, product_id, aspect limit 1000
"""
TOPICS = """
select * from predictions.review_topic_words where source_name = $1 order by 1, 2, 3 limit 500
"""
