{{ config(tags=['every_row']) }}
-- A stray order in another currency is rejected, and the build goes on. A shop that sells in two
-- currencies is another matter: its files have to be loaded as two shops, and somebody has to know.
{% set most_orders = 10 %}
{% set most_share = 0.1 %}
with

orders as (

    select
        source_name,
        case
            when reject_reason = 'currency is not that of most orders of the shop' then 1 else 0
        end as is_foreign
    from {{ ref('base_shop__orders') }}

),

counted as (

    select
        source_name,
        count(*) as row_count,
        sum(is_foreign) as foreign_row_count
    from orders
    group by source_name

)

select
    source_name,
    row_count,
    foreign_row_count
from counted
where foreign_row_count > {{ most_orders }} and foreign_row_count > {{ most_share }} * row_count
