{#
    The training of each source whose version made the newest scores: what it stored with itself goes
    with these scores. A version that was trained twice counts with the newer training.
#}
{% macro runs_in_force(scores, task_name) -%}
    select
        source_name,
        run_id,
        model_version,
        trained_as_of_date,
        trained_at
    from (
        select
            trainings.*,
            row_number() over (
                partition by trainings.source_name
                order by trainings.trained_at desc, trainings.run_id desc
            ) as run_rank
        from {{ ref('stg_ml__model_runs') }} as trainings
        inner join ({{ latest_run(scores) }}) as scored
            on
                trainings.source_name = scored.source_name
                and trainings.model_version = scored.model_version
        where trainings.task_name = '{{ task_name }}'
    ) as ranked_trainings
    where run_rank = 1
{%- endmacro %}
