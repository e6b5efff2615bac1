{#
    New rows, together with the earlier ones that must be judged again with them, as a CTE body: those
    of the same key, and those that were rejected for want of something that may be there now.
    When everything is built, all rows are new.

    new_rows: a CTE with the new rows, typed.
    key: columns of what stands or falls together.
    derived: columns of the model that are not in new_rows, beside those of the verdict.
    retry: reject reasons that a later row of another table may lift.
    also: a query of further keys to judge again.
#}
{% macro with_earlier_rows(new_rows, key, derived=[], retry=[], also=none) -%}
    {%- if not is_incremental() -%}
    select * from {{ new_rows }}
    {%- else -%}
    {%- set columns = earlier_columns(derived) | join(", ") -%}
    {%- set keys = key | join(", ") -%}
    select {{ columns }} from {{ new_rows }}
    union all
    select {{ columns }} from {{ this }}
    where ({{ keys }}) in (
        select {{ keys }} from {{ new_rows }}
        {% if retry -%}
        union all
        select {{ keys }} from {{ this }} where reject_reason in ('{{ retry | join("', '") }}')
        {% endif -%}
        {% if also -%}
        union all
        {{ also }}
        {%- endif %}
    )
    {%- endif %}
{%- endmacro %}

{# Columns of the table as it stands, without those that the model works out. #}
{% macro earlier_columns(derived) %}
    {% set verdict = ["defect", "row_defect", "version_rank", "reject_reason", "_built_batch_id"] %}
    {% set columns = [] %}
    {% for column in adapter.get_columns_in_relation(this) if column.name not in verdict + derived %}
        {% do columns.append(column.name) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
