{# Columns that every raw row carries, and what must exist before the table does. #}
{% macro landing_columns(table) %}
    {{ return(adapter.dispatch("landing_columns", "clientele")(table)) }}
{% endmacro %}

{% macro default__landing_columns(table) %}
    {{ return({"before": [], "columns": [
        "_batch_id " ~ dbt.type_bigint(),
        "_row_number " ~ dbt.type_bigint(),
        "_loaded_at " ~ dbt.type_timestamp(),
        "_source_file " ~ dbt.type_string()
    ]}) }}
{% endmacro %}

{% macro postgres__landing_columns(table) %}
    {% set sequence = table ~ "__row_number" %}
    {{ return({"before": ["create sequence if not exists " ~ sequence], "columns": [
        "_batch_id bigint not null default current_setting('clientele.batch_id')::bigint",
        "_row_number bigint not null default nextval('" ~ sequence ~ "')",
        "_loaded_at timestamp not null default (now() at time zone 'utc')",
        "_source_file text not null default current_setting('clientele.source_file')"
    ]}) }}
{% endmacro %}
