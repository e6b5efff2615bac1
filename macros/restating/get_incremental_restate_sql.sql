{#
    The incremental strategy `restate`: rows are deleted by what was touched, and not by the keys of the
    new rows, so that a row that is no more goes too. `meta.restated_by` lists [columns, model]: a row
    whose columns are in the model of that name is replaced.
    The new rows are kept beside the table until the build ends (make_temp_relation): its tests look at
    these alone.
#}
{% macro get_incremental_restate_sql(arg_dict) %}
    {% set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") %}
    {% for condition in restated_rows(model) -%}
    delete from {{ arg_dict["target_relation"] }}
    where {{ condition }};

    {% endfor -%}
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{% endmacro %}

{# Which rows of a restating model this build replaces, as conditions of which one holds. #}
{% macro restated_rows(node) %}
    {% set conditions = [] %}
    {% for columns, name in node.config.meta["restated_by"] %}
        {% do conditions.append(
            "(" ~ columns ~ ") in (select " ~ columns ~ " from " ~ as_built_before(name) ~ ")"
        ) %}
    {% endfor %}
    {{ return(conditions) }}
{% endmacro %}
