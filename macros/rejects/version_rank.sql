{#
    1 for the row of a key that counts: the newest, by batch and place in it. Broken rows (with a
    `defect`) are ranked apart, so that a later row that is broken does not take the good one with it.
#}
{% macro version_rank(key) -%}
    row_number() over (
            partition by {{ key | join(", ") }}, case when defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        )
{%- endmacro %}

{# The row's own defect, or that a later row of the same key stands in its place. #}
{% macro reject_reason_of_version(key) -%}
    coalesce(
        defect,
        case when version_rank > 1 then 'superseded: a later row has the same {{ key }}' end
    )
{%- endmacro %}
