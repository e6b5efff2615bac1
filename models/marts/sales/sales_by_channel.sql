{{ sales_by_cut('channel') }}
