{#
    1 where the n-th copy of a row is kept, more where another batch has brought the n-th already.
    hash: name of the column with the row's `value_hash`; its `copy_in_batch` is `occurrence`.
    prefer: what decides between batches before their age, as an expression whose least is kept.
#}
{% macro landing_of_copy(hash, prefer=none) -%}
    row_number() over (
        partition by {{ hash }}, occurrence, case when defect is null then 1 else 0 end
        order by {% if prefer %}{{ prefer }}, {% endif %}_batch_id
    )
{%- endmacro %}
