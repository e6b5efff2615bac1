{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['week_start_date', 'int_changes__cohort_weeks']]},
    indexes=[{'columns': ['week_start_date']}]
) }}
{{ cohort_cells('week', ref('int_changes__cohort_weeks')) }}
