{{ config(tags=['every_row']) }}
-- Amounts of a source are summed without conversion: a second currency would make nonsense of them.
select
    source_name,
    count(distinct currency) as currency_count
from {{ ref('fct_orders') }}
group by source_name
having count(distinct currency) <> 1
