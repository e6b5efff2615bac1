{# The day up to which the past of a source is known: events on it and later are the future. #}
select
    source_name,
    {% if var("as_of_date") -%}
    cast('{{ var("as_of_date") }}' as date) as as_of_date,
    {%- else -%}
    {{ add_days("max(order_date)", 1) }} as as_of_date,
    {%- endif %}
    min(order_date) as first_order_date,
    max(order_date) as last_order_date
from {{ ref('int_sales__order_days') }}
group by source_name
