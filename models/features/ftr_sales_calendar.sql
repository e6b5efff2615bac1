{#
    The days of a shop from its first order on, and what is known of days to come. Whether the shop will
    be open is not here: that is told from its past, at each origin anew (ml/forecast/known.py).
#}
{% set days_ahead = 120 %}
with

numbers as (

    {{ number_spine(36525) }}

),

days as (

    select
        today.source_name,
        today.as_of_date,
        {{ add_days("today.first_order_date", "cast(numbers.generated_number - 1 as int)") }}
            as date_day
    from {{ ref('int_calendar__today') }} as today
    inner join numbers
        on
            cast(numbers.generated_number - 1 as int)
            < {{ days_between("today.first_order_date", "today.as_of_date") }} + {{ days_ahead }}

),

closed as (

    select distinct
        days.source_name,
        days.date_day
    from days
    inner join {{ ref('shop_closures') }} as closures
        on
            days.source_name = closures.source_name
            and days.date_day between closures.first_date and closures.last_date

),

promoted as (

    -- Of several promotions on a day the first by name.
    select
        days.source_name,
        days.date_day,
        min(promotions.promotion_name) as promotion_name
    from days
    inner join {{ ref('promotions') }} as promotions
        on
            days.source_name = promotions.source_name
            and days.date_day between promotions.first_date and promotions.last_date
    group by days.source_name, days.date_day

)

select
    days.source_name,
    days.date_day,
    days.as_of_date,
    currencies.currency,
    {{ day_of_week("days.date_day") }} as day_of_week,
    closed.date_day is not null as is_closure,
    promoted.promotion_name,
    countries.country_code as holiday_country_code,
    countries.subdivision_code as holiday_subdivision_code
from days
inner join {{ ref('int_sales__currencies') }} as currencies
    on days.source_name = currencies.source_name
left join closed
    on days.source_name = closed.source_name and days.date_day = closed.date_day
left join promoted
    on days.source_name = promoted.source_name and days.date_day = promoted.date_day
left join {{ ref('shop_holiday_countries') }} as countries
    on days.source_name = countries.source_name
