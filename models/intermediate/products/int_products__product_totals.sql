{# The months of a product added up: the twelve complete ones, the current one, and all. #}
{% set additive = [
    ("order_count", "int"),
    ("unit_count", "bigint"),
    ("gross_amount", money_type()),
    ("discount_amount", money_type()),
    ("net_revenue_amount", money_type()),
    ("gross_margin_amount", money_type()),
    ("costed_net_revenue_amount", money_type()),
    ("returned_unit_count", "bigint"),
    ("returned_amount", money_type()),
] %}
{% set in_current_month = ["order_count", "unit_count", "net_revenue_amount"] %}
with

months as (

    select
        cells.*,
        cells.month_start_date >= today.window_start_date
        and cells.month_start_date < today.current_month_start_date as is_in_last_12_months,
        cells.month_start_date = today.current_month_start_date as is_current_month
    from {{ ref('int_products__product_months') }} as cells
    inner join {{ ref('int_calendar__current_months') }} as today
        on cells.source_name = today.source_name
    where cells.product_id is not null

),

totals as (

    select
        source_name,
        product_id,
        {% for measure, type in additive -%}
        {% set name = measure | replace("_amount", "") -%}
        {% set unit = "_amount" if measure != name else "" -%}
        cast(sum({{ measure }}) as {{ type }}) as {{ measure }},
        cast(sum(case when is_in_last_12_months then {{ measure }} end) as {{ type }})
            as {{ name }}_last_12_months{{ unit }},
        {% if measure in in_current_month -%}
        cast(sum(case when is_current_month then {{ measure }} end) as {{ type }})
            as {{ name }}_current_month{{ unit }},
        {% endif -%}
        {% endfor -%}
        cast(
            min(case when is_in_last_12_months then min_unit_price_amount end)
            as {{ money_type() }}
        ) as min_unit_price_last_12_months_amount,
        cast(
            max(case when is_in_last_12_months then max_unit_price_amount end)
            as {{ money_type() }}
        ) as max_unit_price_last_12_months_amount,
        min(first_sold_date) as first_sold_date,
        max(last_sold_date) as last_sold_date
    from months
    group by source_name, product_id

)

select * from totals
