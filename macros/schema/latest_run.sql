{#
    The run of each source that wrote last, as a CTE body: a run is one transaction, so its rows
    are all there or none are. Ties in time are broken by the run's id.
#}
{% macro latest_run(scores) -%}
    select
        source_name,
        run_id,
        model_version
    from ({{ scoring_runs(scores) }}) as runs
    where newest_rank = 1
{%- endmacro %}
