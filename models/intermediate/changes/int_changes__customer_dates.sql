{#
    Of whom which past features or labels may be otherwise than before: of changed customers, as of the
    dates after the first change, and those whose label window was over and holds it. A window that is
    still open has no labels yet. Dates that are worked out for everybody are left out.
#}
{%- set earlier_customers = as_built_before('dim_customers') %}
{%- set customers = ref('int_customers__customers') %}
with

changed as (

    select * from {{ ref('int_changes__customers') }}

),

homes as (

    -- What is said of customers as of any date is said as of today.
    select
        changed.customer_id,
        changed.changed_since_date,
        fresh.source_name,
        {% if is_restating() %}
        earlier.source_name as old_source_name,
        -- A customer who is new has no rows that could say otherwise.
        earlier.customer_id is not null
        and (
            fresh.acquisition_channel is distinct from earlier.acquisition_channel
            or fresh.source_name is distinct from earlier.source_name
        ) as is_renamed
        {% else %}
        fresh.source_name as old_source_name,
        false as is_renamed
        {% endif %}
    from changed
    left join {{ customers }} as fresh on changed.customer_id = fresh.customer_id
    {% if is_restating() %}
    left join {{ earlier_customers }} as earlier on changed.customer_id = earlier.customer_id
    {% endif %}

),

spine as (

    select
        source_name,
        as_of_date,
        label_end_date,
        is_label_complete
    from {{ ref('int_calendar__as_of_dates') }}

)

select
    homes.customer_id,
    spine.source_name,
    spine.as_of_date,
    -- Otherwise only the label may be another: what happened on the as-of date or later is no feature.
    homes.is_renamed or spine.as_of_date > homes.changed_since_date as has_changed_features
from homes
inner join spine
    on
        spine.source_name in (homes.source_name, homes.old_source_name)
        and (
            homes.is_renamed
            or spine.as_of_date > homes.changed_since_date
            or (spine.is_label_complete and spine.label_end_date > homes.changed_since_date)
        )
left join {{ ref('int_changes__as_of_dates') }} as everybody
    on spine.source_name = everybody.source_name and spine.as_of_date = everybody.as_of_date
where everybody.as_of_date is null
