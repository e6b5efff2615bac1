{{ config(materialized='view') }}
{{ cohort_triangle(ref('int_cohorts__month_triangles'), 'month', by_cut=true) }}
