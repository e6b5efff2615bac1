{# Subscriptions of which rows have come since the last build. Empty when everything is built. #}
select distinct source_name || ':' || subscription_number as subscription_id
from {{ ref('base_shop__subscriptions') }}
where {{ is_new_in_base() }} and subscription_number is not null
