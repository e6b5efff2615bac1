{{ cohort_triangle('month', by_cut=true) }}
