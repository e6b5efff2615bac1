{#
    The runs of a table of scores, one row each, as a CTE body. A run is one transaction of one
    version as of one day, so that its first row tells them; the next run is looked up in the index
    of (source_name, run_id). However many rows the past days have left, a day reads one of each run.
    newest_rank is 1 for the run of each source that wrote last, ties by the run's id.
    `scores` is a relation, not a CTE: that would have no index.
    columns: more of them that are the same in all rows of a run.
#}
{% macro scoring_runs(scores, columns=[]) -%}
    {%- set read = ["source_name", "run_id", "as_of_date", "model_version", "scored_at"] + columns -%}
    with recursive runs as (
        (
            select {{ read | join(", ") }}
            from {{ scores }}
            order by source_name, run_id
            limit 1
        )
        union all
        select {% for column in read %}following.{{ column }}{{ ", " if not loop.last }}{% endfor %}
        from runs
        cross join lateral (
            select {% for column in read %}later.{{ column }}{{ ", " if not loop.last }}{% endfor %}
            from {{ scores }} as later
            where (later.source_name, later.run_id) > (runs.source_name, runs.run_id)
            order by later.source_name, later.run_id
            limit 1
        ) as following
    )

    select
        runs.*,
        row_number() over (
            partition by runs.source_name order by runs.scored_at desc, runs.run_id desc
        ) as newest_rank
    from runs
{%- endmacro %}
