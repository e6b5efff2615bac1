{{ config(enabled=is_source_enabled('online_retail')) }}
{# online_retail has no catalogue: its lines name the products. #}
with

descriptions as (

    select
        stock_code,
        product_kind,
        product_description,
        -- Adjustments are described by what went wrong ('damaged', '?'), so sales come first.
        cast(sum(case when line_type = 'sale' then 1 else 0 end) as int) as sale_line_count,
        cast(count(*) as int) as line_count
    from {{ ref('stg_online_retail__lines') }}
    group by stock_code, product_kind, product_description

),

named as (

    select
        *,
        row_number() over (
            partition by stock_code
            order by
                case when product_description is null then 1 else 0 end asc,
                sale_line_count desc,
                line_count desc,
                product_description asc nulls last
        ) as name_rank
    from descriptions

)

select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'stock_code') }} as product_id,
    stock_code as source_product_id,
    coalesce(product_description, stock_code) as product_name,
    cast(null as {{ dbt.type_string() }}) as category,
    product_kind,
    cast(null as {{ money_type() }}) as list_price,
    cast(null as {{ money_type() }}) as unit_cost
from named
where name_rank = 1
