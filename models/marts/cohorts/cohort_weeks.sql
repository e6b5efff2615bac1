{{ cohort_triangle('(' ~ cohort_sums('week', ['all']) ~ ')', 'week') }}
