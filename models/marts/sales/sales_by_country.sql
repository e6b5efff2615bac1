{{ sales_by_cut('country') }}
