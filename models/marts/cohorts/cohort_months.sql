{{ cohort_triangle('month') }}
