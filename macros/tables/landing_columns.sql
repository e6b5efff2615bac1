{# Columns that every raw row carries, and what must exist before the table does. #}
{% macro landing_columns(table) %}
    {{ return(adapter.dispatch("landing_columns", "clientele")(table)) }}
{% endmacro %}

{% macro default__landing_columns(table) %}
    {{ return({"before": [], "columns": [
        "_batch_id " ~ dbt.type_bigint(),
        "_row_number " ~ dbt.type_bigint(),
        "_loaded_at " ~ dbt.type_timestamp(),
        "_source_file " ~ dbt.type_string(),
        "_source_name " ~ dbt.type_string()
    ]}) }}
{% endmacro %}

{#
    COPY fills these from their defaults. What is the same for every row of a batch comes from
    functions that are declared immutable, so that COPY computes each once and not once per row:
    loading a row would otherwise cost half as much again. They are constant for one COPY only;
    nothing else may write to these tables (DECISIONS.md).
#}
{% macro postgres__landing_columns(table) %}
    {% set schema = table.split(".")[0] %}
    {% set sequence = table ~ "__row_number" %}
    {{ return({
        "before": [
            landing_function(schema, "landing_batch_id", "bigint",
                "current_setting('clientele.batch_id')::bigint"),
            landing_function(schema, "landing_source_file", "text",
                "current_setting('clientele.source_file')"),
            landing_function(schema, "landing_source_name", "text",
                "current_setting('clientele.source_name')"),
            landing_function(schema, "landing_time", "timestamp",
                "now() at time zone 'utc'"),
            "create sequence if not exists " ~ sequence ~ " cache 1000"
        ],
        "columns": [
            "_batch_id bigint not null default " ~ schema ~ ".landing_batch_id()",
            "_row_number bigint not null default nextval('" ~ sequence ~ "')",
            "_loaded_at timestamp not null default " ~ schema ~ ".landing_time()",
            "_source_file text not null default " ~ schema ~ ".landing_source_file()",
            "_source_name text not null default " ~ schema ~ ".landing_source_name()"
        ]
    }) }}
{% endmacro %}

{% macro landing_function(schema, name, returns, expression) %}
    {{ return(
        "create or replace function " ~ schema ~ "." ~ name ~ "() returns " ~ returns
        ~ " language sql immutable parallel safe as 'select "
        ~ expression | replace("'", "''") ~ "'"
    ) }}
{% endmacro %}
