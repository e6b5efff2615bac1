{# Rows given in YAML as a select from JSON. A column that the relation lacks, or a typing error, ends the test. #}
{% macro rows_as_json(rows, relation) %}
    {%- set values = tojson(rows) -%}
    {%- if values is none -%}
        {%- do exceptions.raise_compiler_error(
            "The rows of " ~ relation ~ " in a unit test hold what JSON cannot say: " ~ rows
        ) -%}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for row in rows -%}
        {%- for name in row if name not in names -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    select rows_given.*
    from jsonb_populate_recordset(
        null::{{ relation }},
        {%- if names %}
        coalesce(
            (
                -- Rows only where a column is unknown; then no number, and Postgres says so in these words.
                select to_jsonb(('{{ relation.identifier }} has no column ' || string_agg(name, ', '))::integer)
                from unnest(array['{{ names | join("', '") }}']) as name
                where name not in (
                    select attname from pg_attribute where attrelid = {{ dbt.string_literal(relation) }}::regclass
                )
                having count(*) > 0
            ),
            {{ dbt.string_literal(dbt.escape_single_quotes(values)) }}::jsonb
        )
        {%- else %}
        '[]'
        {%- endif %}
    ) as rows_given
{% endmacro %}
