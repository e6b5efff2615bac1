{#
    What the sources have ever said about who their customers are. The only place of this folder
    where identifiers can be read; a view, so nothing is stored.
#}
select
    source_name,
    account_id,
    customer_name,
    email,
    phone,
    account_reference,
    cast(0 as bigint) as batch_id,
    cast(0 as bigint) as row_number,
    source_customer_id is null as is_guest
from {{ ref('int_customers__accounts') }}
