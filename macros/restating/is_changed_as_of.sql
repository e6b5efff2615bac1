{#
    Whether a row of `as_of_dates` and a customer is worked out anew: as of a date of which everybody
    is, or of this customer.
#}
{% macro is_changed_as_of(customer_id) -%}
(as_of_dates.source_name, as_of_dates.as_of_date) in (
    select
        source_name,
        as_of_date
    from {{ ref('int_changes__as_of_dates') }}
)
or ({{ customer_id }}, as_of_dates.as_of_date) in (
    select
        customer_id,
        as_of_date
    from {{ ref('int_changes__customer_dates') }}
)
{%- endmacro %}
