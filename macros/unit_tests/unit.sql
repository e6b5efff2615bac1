{#
    What dbt does, with fewer questions to the database: the expected values take their types from the row
    type of an empty table of the model's, which goes with the transaction.
#}
{% materialization unit, adapter="postgres" %}
    {%- set expected_rows = config.get("expected_rows") -%}
    {%- set names = (expected_rows[0].keys() | list) if expected_rows else get_columns_in_query(sql) -%}
    {%- set columns = [] -%}
    {%- for name in names -%}
        {%- do columns.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {%- set row_type = make_temp_relation(this.incorporate(type="table")) -%}
    {% call statement("row_type") %}
        create temporary table {{ row_type }} on commit drop as
        select {{ columns | join(", ") }}
        from (
            {{ sql }}
        ) as rows_of_model
        limit 0
    {% endcall %}
    {% call statement("main", fetch_result=True) %}
        select {{ columns | join(", ") }}, 'actual' as actual_or_expected
        from (
            {{ sql }}
        ) as rows_of_model
        union all
        select {{ columns | join(", ") }}, 'expected'
        from (
            {{ config.get("expected_sql") or rows_as_json(expected_rows, row_type) }}
        ) as rows_expected
    {% endcall %}
    {{ return({"relations": []}) }}
{% endmaterialization %}
