{#
    The scores of the newest run of each source, without those of customers whom a merge has retired since: they
    wait for the next scoring. A CTE body. `scores` is a relation, not a CTE, which would have no index.
#}
{% macro latest_of_customers(scores) -%}
    with latest as (

        {{ latest_run(scores) }}

    )

    select scores.*
    from {{ scores }} as scores
    inner join {{ ref('dim_customers') }} as customers on scores.customer_id = customers.customer_id
    where {{ is_of_latest_run("scores") }}
{%- endmacro %}
