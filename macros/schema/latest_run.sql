{#
    The run of each source that wrote last, as a CTE body: a run is one transaction, so its rows
    are all there or none are. Ties in time are broken by the run's id.
#}
{% macro latest_run(relation, time_column) -%}
    select
        source_name,
        run_id
    from (
        select
            source_name,
            run_id,
            row_number() over (
                partition by source_name order by max({{ time_column }}) desc, run_id desc
            ) as run_rank
        from {{ relation }}
        group by source_name, run_id
    ) as ranked_runs
    where run_rank = 1
{%- endmacro %}
