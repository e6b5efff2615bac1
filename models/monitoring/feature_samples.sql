{{ config(materialized='view') }}
{# At most so many customers of a day: enough to see a drift, in the same time for any shop. #}
{%- set most_customers = 10000 %}
{%- set number_type = "numeric(18, 4)" %}
{# Nobody knows the columns while dbt parses: one of them stands for all. #}
{%- set features = columns_of_role("ftr_customers", "feature") or [("country", "categorical")] %}
with

champions as (

    select
        source_name,
        model_version,
        trained_as_of_date
    from {{ ref('model_versions') }}
    where task_name = 'churn' and is_champion

),

as_of_dates as (

    select * from {{ ref('ftr_as_of_dates') }}

),

days as (

    -- The spine moves with today: where the day of the training has left it, the one before.
    select
        champions.source_name,
        champions.model_version,
        max(case when as_of_dates.is_today then as_of_dates.as_of_date end) as as_of_date,
        max(
            case
                when as_of_dates.as_of_date <= champions.trained_as_of_date
                    then as_of_dates.as_of_date
            end
        ) as reference_date
    from champions
    inner join as_of_dates on champions.source_name = as_of_dates.source_name
    group by champions.source_name, champions.model_version

),

drawn as (

    -- By a hash, so that it is as good as chance and the same every time.
    select
        features.*,
        days.model_version,
        days.reference_date,
        days.as_of_date as today_date,
        features.as_of_date = days.reference_date as is_reference,
        row_number() over (
            partition by features.source_name, features.as_of_date
            order by md5(features.customer_id), features.customer_id
        ) as draw_rank
    from {{ ref('ftr_customers') }} as features
    inner join days
        on
            features.source_name = days.source_name
            and features.as_of_date in (days.as_of_date, days.reference_date)

),

customers as {{ computed_once() }} (

    select * from drawn
    where draw_rank <= {{ most_customers }}

),

feature_values as (

    {% for name, kind in features %}
    {%- set number = name if kind == "numeric" else "null" %}
    {%- set category = "null" if kind == "numeric" else "coalesce(" ~ name ~ ", 'unknown')" %}
    select
        source_name,
        model_version,
        reference_date,
        today_date as as_of_date,
        is_reference,
        customer_id,
        '{{ name }}' as feature_name,
        cast({{ number }} as {{ number_type }}) as feature_number,
        cast({{ category }} as {{ dbt.type_string() }}) as category
    from customers
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select * from feature_values
