{# The one currency of each source. A second one is an error that a test reports. #}
select
    source_name,
    max(currency) as currency
from {{ ref('int_sales__order_days') }}
group by source_name
