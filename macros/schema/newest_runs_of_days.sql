{#
    The scoring run that counts for each source and day that was scored, as a CTE body: the newest,
    ties by the run's id; with the next day that was scored. `columns` as for scoring_runs.
#}
{% macro newest_runs_of_days(scores, columns=[]) -%}
    select
        ranked_runs.*,
        lead(ranked_runs.as_of_date) over (
            partition by ranked_runs.source_name order by ranked_runs.as_of_date
        ) as next_as_of_date
    from (
        select
            runs.*,
            row_number() over (
                partition by runs.source_name, runs.as_of_date
                order by runs.scored_at desc, runs.run_id desc
            ) as run_rank
        from ({{ scoring_runs(scores, columns) }}) as runs
    ) as ranked_runs
    where ranked_runs.run_rank = 1
{%- endmacro %}
