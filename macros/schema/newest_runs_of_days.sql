{#
    The scoring run that counts for each source and day that was scored, as a CTE body: the newest,
    ties by the run's id; with the next day that was scored.
#}
{% macro newest_runs_of_days(scores) -%}
    select
        source_name,
        as_of_date,
        run_id,
        lead(as_of_date) over (partition by source_name order by as_of_date) as next_as_of_date
    from (
        select
            source_name,
            as_of_date,
            run_id,
            row_number() over (
                partition by source_name, as_of_date order by max(scored_at) desc, run_id desc
            ) as run_rank
        from {{ scores }}
        group by source_name, as_of_date, run_id
    ) as ranked_runs
    where run_rank = 1
{%- endmacro %}
