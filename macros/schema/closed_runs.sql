{#
    The scoring runs that can be held against what happened, as a CTE body: of each source, day,
    model version and horizon the newest run (ties by the run's id), once its window is over. With the
    var performance_days at monthly, only the first day that a version scored in a month.
#}
{% macro closed_runs(scores, horizon_column, window_end_date) -%}
    {%- if execute and var("performance_days") not in ("monthly", "all") %}
        {{ exceptions.raise_compiler_error("performance_days is monthly or all, not " ~ var("performance_days")) }}
    {%- endif %}
    {%- set version = "runs.source_name, runs.model_version, runs." ~ horizon_column -%}
    select
        source_name,
        as_of_date,
        model_version,
        run_id,
        {{ horizon_column }},
        window_end_date
    from (
        select
            runs.*,
            row_number() over (
                partition by {{ version }}, {{ month_start("runs.as_of_date") }}
                order by runs.as_of_date
            ) as day_number
        from (
            select
                source_name,
                as_of_date,
                model_version,
                run_id,
                {{ horizon_column }},
                {{ window_end_date }} as window_end_date,
                row_number() over (
                    partition by source_name, as_of_date, model_version, {{ horizon_column }}
                    order by max(scored_at) desc, run_id desc
                ) as run_rank
            from {{ scores }}
            group by source_name, as_of_date, model_version, run_id, {{ horizon_column }}
        ) as runs
        inner join {{ ref('int_calendar__today') }} as today
            on runs.source_name = today.source_name
        where runs.run_rank = 1 and runs.window_end_date <= today.as_of_date
    ) as numbered
    {%- if var("performance_days") == "monthly" %}
    where day_number = 1
    {%- endif %}
{%- endmacro %}
