{#
    The scoring runs that can be held against what happened, as a CTE body: of each source, day,
    model version and horizon the newest run (ties by the run's id), once its window is over. With the
    var performance_days at monthly, only the first day that a version scored in a month.
    horizons: those that each run speaks of, where it is more than one.
#}
{% macro closed_runs(scores, horizon_column, window_end_date, horizons=[]) -%}
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
                scored.*,
                {%- if horizons %}
                horizons.{{ horizon_column }},
                {%- endif %}
                {{ window_end_date }} as window_end_date,
                row_number() over (
                    partition by
                        scored.source_name, scored.as_of_date, scored.model_version, {{ horizon_column }}
                    order by scored.scored_at desc, scored.run_id desc
                ) as run_rank
            from ({{ scoring_runs(scores, [] if horizons else [horizon_column]) }}) as scored
            {%- if horizons %}
            cross join (
                {%- for horizon in horizons %}
                select {{ horizon }} as {{ horizon_column }}
                {%- if not loop.last %} union all{% endif %}
                {%- endfor %}
            ) as horizons
            {%- endif %}
        ) as runs
        inner join {{ ref('int_calendar__today') }} as today
            on runs.source_name = today.source_name
        where runs.run_rank = 1 and runs.window_end_date <= today.as_of_date
    ) as numbered
    {%- if var("performance_days") == "monthly" %}
    where day_number = 1
    {%- endif %}
{%- endmacro %}
