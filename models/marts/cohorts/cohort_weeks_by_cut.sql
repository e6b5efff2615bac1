{%- set sums = cohort_sums('week', ['category', 'country', 'channel']) %}
{{ cohort_triangle('(' ~ sums ~ ')', 'week', by_cut=true) }}
