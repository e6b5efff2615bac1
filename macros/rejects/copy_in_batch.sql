{#
    Which of the equal rows of its batch a row is, from 1. Equal rows of one file all count; with
    `landing_of_copy` the same row from another file does not.
    Among sound rows only (`defect` is null): a broken row must not stand in the way of its
    correction.
    hash: name of the column with the row's `value_hash`.
#}
{% macro copy_in_batch(hash) -%}
    row_number() over (
        partition by {{ hash }}, _batch_id, case when defect is null then 1 else 0 end
        order by _row_number
    )
{%- endmacro %}
