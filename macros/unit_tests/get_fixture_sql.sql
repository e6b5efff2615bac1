{#
    The rows of a unit test's input, typed as the columns of the relation that they stand for. dbt asks the
    database for the columns of every input of every test and casts value by value; Postgres knows the row
    type of a relation by its name. A row is null in the columns that it does not name, as in dbt.
#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {%- if target.type == "postgres" -%}
        {{ rows_as_json(rows, this) }}
    {%- else -%}
        {{ dbt.get_fixture_sql(rows, column_name_to_data_types) }}
    {%- endif -%}
{% endmacro %}
