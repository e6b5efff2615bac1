{#
    Whole months are held against whole months. A month that is not over is held against the same
    days of the month or year before, up to the day through which the source is known.
#}
{% set measures = ["net_revenue_amount", "order_count"] %}
{% set compared_with = {
    "previous_month": "month_to_date",
    "previous_year": "month_to_date",
    "previous_year_to_date": "year_to_date",
} %}
with

days as (

    select
        *,
        {{ month_start("date_day") }} as month_start_date
    from {{ ref('sales_daily') }}

),

months as (

    select
        days.source_name,
        days.currency,
        days.month_start_date,
        today.as_of_date,
        {{ add_months("days.month_start_date", 1) }} as next_month_start_date,
        min(days.month_start_date) over (partition by days.source_name) as first_month_start_date
    from days
    inner join {{ ref('int_calendar__current_months') }} as today
        on days.source_name = today.source_name
    group by days.source_name, days.currency, days.month_start_date, today.as_of_date

),

known as (

    -- Null for a month that begins after today, which a late return or a set `as_of_date` can do.
    select
        *,
        next_month_start_date <= as_of_date as is_complete,
        case when month_start_date < as_of_date then least(next_month_start_date, as_of_date) end
            as end_date
    from months

),

periods as (

    -- Ends are not included. A month without a single day has no sum. A year of which the beginning
    -- is not known has some, so it gets no start.
    select
        *,
        month_start_date as month_to_date_start_date,
        end_date as month_to_date_end_date,
        cast({{ dbt.date_trunc("year", "month_start_date") }} as date) as year_to_date_start_date,
        end_date as year_to_date_end_date,
        {% for months_back, period in [(1, "previous_month"), (12, "previous_year")] -%}
        {% set start = add_months("month_start_date", -1 * months_back) -%}
        {{ start }} as {{ period }}_start_date,
        -- The 31st has no match in a shorter month, which then counts whole.
        case
            when is_complete then {{ add_months("next_month_start_date", -1 * months_back) }}
            else least(
                {{ add_months("next_month_start_date", -1 * months_back) }},
                {{ add_days(start, days_between("month_start_date", "end_date")) }}
            )
        end as {{ period }}_end_date,
        {% endfor -%}
        case
            when
                {{ add_months(dbt.date_trunc("year", "month_start_date"), -12) }}
                >= first_month_start_date
                then {{ add_months(dbt.date_trunc("year", "month_start_date"), -12) }}
        end as previous_year_to_date_start_date
    from known

),

sums as (

    select
        periods.source_name,
        periods.month_start_date,
        periods.currency,
        periods.is_complete,
        {% for measure in measures -%}
        {% for period in ["month_to_date", "year_to_date"] + compared_with.keys() | list -%}
        {% set end = "previous_year" if period == "previous_year_to_date" else period -%}
        sum(
            case
                when
                    days.date_day >= periods.{{ period }}_start_date
                    and days.date_day < periods.{{ end }}_end_date
                    then days.{{ measure }}
            end
        ) as {{ period }}_{{ measure }},
        {% endfor -%}
        {% endfor -%}
        {{ add_days("periods.end_date", -1) }} as data_through_date
    from periods
    left join days
        on
            periods.source_name = days.source_name
            and days.date_day >= {{ add_months("periods.year_to_date_start_date", -12) }}
            and days.date_day < periods.end_date
    group by
        periods.source_name, periods.month_start_date, periods.currency, periods.is_complete,
        periods.end_date

),

changes as (

    select
        source_name,
        month_start_date,
        currency,
        is_complete,
        data_through_date
        {%- for measure in measures %}
        {%- set type = "bigint" if measure == "order_count" else money_type() %}
        {%- for period in ["month_to_date", "year_to_date"] + compared_with.keys() | list %},
        cast({{ period }}_{{ measure }} as {{ type }}) as {{ period }}_{{ measure }}
        {%- endfor %}
        {%- for base, current in compared_with.items() %},
        {{ ratio(
            current ~ "_" ~ measure ~ " - " ~ base ~ "_" ~ measure, base ~ "_" ~ measure
        ) }} as {{ measure | replace("_amount", "") }}_change_on_{{ base }}
        {%- endfor %}
        {%- endfor %}
    from sums

)

select * from changes
