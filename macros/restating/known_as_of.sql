{#
    What was known as of each as-of date, as a CTE body: the rows of `facts` with every date after them, and of
    those that a build works out anew, where not all are: dates of which everybody is, and then single
    customers of others. One after the other: held against both, every row of every date would be looked at.
    facts: a CTE with source_name, customer_id and known_date. Reads the CTE as_of_dates.
#}
{% macro known_as_of(facts) -%}
{%- set changed_dates = ref('int_changes__as_of_dates') %}
{%- set changed_customers = ref('int_changes__customer_dates') %}
{%- set of_changed_date = in_slices(
    "as_of_dates.source_name", "as_of_dates.as_of_date",
    "select source_name, as_of_date from " ~ changed_dates
) if is_incremental() -%}
    select
        facts.*,
        as_of_dates.as_of_date
    from {{ facts }} as facts
    inner join as_of_dates
        on
            facts.source_name = as_of_dates.source_name
            and facts.known_date < as_of_dates.as_of_date
    {%- if is_incremental() %}
    where {{ of_changed_date }}

    union all

    select
        facts.*,
        as_of_dates.as_of_date
    from {{ changed_customers }} as changed
    inner join {{ facts }} as facts on changed.customer_id = facts.customer_id
    inner join as_of_dates
        on
            facts.source_name = as_of_dates.source_name
            and changed.as_of_date = as_of_dates.as_of_date
            and facts.known_date < as_of_dates.as_of_date
    where not {{ of_changed_date }}
    {%- endif %}
{%- endmacro %}
