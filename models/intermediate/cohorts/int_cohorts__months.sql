{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['month_start_date', 'int_changes__cohort_months']]},
    indexes=[{'columns': ['month_start_date']}]
) }}
{{ cohort_cells('month', ref('int_changes__cohort_months')) }}
