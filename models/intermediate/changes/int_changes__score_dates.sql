{#
    As-of dates of which everybody is ranked anew, since ranks depend on everybody: those that have come
    or gone, and those of which a customer's features changed. Empty when everything is built.
#}
select
    source_name,
    as_of_date
from {{ ref('int_changes__as_of_dates') }}

union distinct

select
    source_name,
    as_of_date
from {{ ref('int_changes__customer_dates') }}
where has_changed_features
