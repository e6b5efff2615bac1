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
