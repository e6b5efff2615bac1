{#
    The scores of the newest run of each source, without those of customers whom a merge has retired since: they
    wait for the next scoring. A CTE body. `scores` is a relation, not a CTE, which would have no index.

    Joined with the runs, Postgres expects a ten-thousandth of the rows, and then looks seven million customers up
    one by one. From lists it expects many, and finds the scores of one customer by the index of source, run and
    customer; in coalesce() the pair is looked up in a hash and is no join.
#}
{% macro latest_of_customers(scores) -%}
    with latest as (

        {{ latest_run(scores) }}

    )

    select scores.*
    from {{ scores }} as scores
    inner join {{ ref('dim_customers') }} as customers on scores.customer_id = customers.customer_id
    where
        coalesce((scores.source_name, scores.run_id) in (select source_name, run_id from latest), false)
        {%- if target.type == "postgres" %}
        and scores.source_name = any(array(select source_name from latest))
        and scores.run_id = any(array(select run_id from latest))
        {%- endif %}
{%- endmacro %}
