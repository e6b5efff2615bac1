{{ cohort_triangle('week') }}
