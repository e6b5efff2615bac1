{#
    The run of each source that wrote last, as a CTE body: a run is one transaction, so its rows
    are all there or none are. Ties in time are broken by the run's id.
#}
{% macro latest_run(scores) -%}
    select
        source_name,
        run_id,
        model_version
    from (
        select
            runs.*,
            row_number() over (
                partition by runs.source_name order by runs.scored_at desc, runs.run_id desc
            ) as run_rank
        from ({{ scoring_runs(scores) }}) as runs
    ) as ranked_runs
    where run_rank = 1
{%- endmacro %}
