{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, month_start_date', 'int_changes__triangle_months']]},
    indexes=[{'columns': ['month_start_date']}]
) }}
{#
    The triangle of twenty years is a million rows by cut, and a day changes those of the months that it
    touches and of all months since.
#}
{{ cohort_sums(
    'month', ['all', 'category', 'country', 'channel'], ref('int_changes__triangle_months')
) }}
