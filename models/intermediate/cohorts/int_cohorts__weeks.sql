{{ cohort_cells('week') }}
