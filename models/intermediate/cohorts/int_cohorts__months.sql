{{ cohort_cells('month') }}
