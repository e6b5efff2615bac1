{# Events of which rows have come since the last build. Empty when everything is built. #}
select distinct source_name || ':' || event_key as event_id
from {{ ref('base_shop__events') }}
where {{ is_new_in_base() }} and event_key is not null
