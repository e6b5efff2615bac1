{{ cohort_triangle('week', by_cut=true) }}
