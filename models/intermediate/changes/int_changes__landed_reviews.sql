{# Reviews of which rows have come since the last build. Empty when everything is built. #}
select distinct source_name || ':' || review_number as review_id
from {{ ref('base_shop__reviews') }}
where {{ is_new_in_base() }} and review_number is not null
