{#
    Where dbt's incremental materialization puts the new rows of a model. Those of a restating one stay
    after its transaction, as its touched table: a temporary table would have to be copied for that.
#}
{% macro postgres__make_temp_relation(base_relation, suffix) %}
    {% if suffix == "__dbt_tmp" and is_restated_table(model) and is_restating() %}
        {{ return(touched_table(model).incorporate(type="table")) }}
    {% endif %}
    {{ return(dbt.postgres__make_temp_relation(base_relation, suffix)) }}
{% endmacro %}

{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary and relation.schema == touched_table(model).schema -%}
        {#- It is written once and soon dropped: there is nothing for autovacuum to look after. -#}
        {{ config.get("sql_header", "") }}
        create unlogged table {{ relation }} with (autovacuum_enabled = false) as
        {% if config.get("contract").enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
        {{ sql }}
    {%- else -%}
        {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- endif -%}
{%- endmacro %}
