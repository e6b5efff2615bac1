{#
    The incremental strategy `restate`: rows are replaced by what was touched, and not by the keys of the
    new rows, so that a row that is no more goes too. `meta.restated_by` lists [columns, model]: a row
    whose columns are in the model of that name is replaced; a third entry names the columns there, where
    they have other names.
    A cut that begins with source_name takes a slice of a shop, a day or a month of everybody, and all of it
    is written anew. Of the other rows, those of a touched customer say, most come out as they were, and
    these stay where they are: to write one again costs its page, its place in each index, and the log of
    both. Which are the same is told by two hashes of 64 bits of the whole row.
    The new rows are kept beside the table until the build ends (make_temp_relation): its tests look at
    these alone.
#}
{% macro get_incremental_restate_sql(arg_dict) %}
    {% set table = arg_dict["target_relation"] %}
    {% set new_rows = arg_dict["temp_relation"] %}
    {% set columns = arg_dict["dest_columns"] | map(attribute="quoted") | join(", ") %}
    {% set slices, others = [], [] %}
    {% for cut in model.config.meta["restated_by"] %}
        {% do (slices if cut[0].startswith("source_name") else others).append(restated_by(cut)) %}
    {% endfor %}
    {% if others %}
        {% set hashes -%}
            ctid as place,
            hash_record_extended(row({{ columns }}), 0) as hash_0,
            hash_record_extended(row({{ columns }}), 1) as hash_1
        {%- endset %}
        {% set same = "stored.hash_0 = fresh.hash_0 and stored.hash_1 = fresh.hash_1" %}
        create temporary table stored as
        {% for cut in others -%}
        select {{ hashes }} from {{ table }} where {{ cut }}
        {% if not loop.last %}union{% endif %}
        {% endfor %};

        create temporary table fresh as
        select {{ hashes }} from {{ new_rows }}
        {% if slices %}where ({{ slices | join(" or ") }}) is not true{% endif %};

        delete from {{ table }}
        where ctid = any(array(
            select stored.place from stored where not exists (select 1 from fresh where {{ same }})
        ));

        insert into {{ table }} ({{ columns }})
        select {{ columns }} from {{ new_rows }}
        where ctid = any(array(
            select fresh.place from fresh where not exists (select 1 from stored where {{ same }})
        ));

        drop table stored, fresh;
    {% endif %}
    {% for cut in slices %}
        delete from {{ table }} where {{ cut }};
    {% endfor %}
    {% if slices %}
        insert into {{ table }} ({{ columns }})
        select {{ columns }} from {{ new_rows }}
        {% if others %}where {{ slices | join(" or ") }}{% endif %}
    {% endif %}
{% endmacro %}

{# Which rows of a restating model this build replaces, as conditions of which one holds. #}
{% macro restated_rows(node) %}
    {% set conditions = [] %}
    {% for cut in node.config.meta["restated_by"] %}
        {% do conditions.append(restated_by(cut)) %}
    {% endfor %}
    {{ return(conditions) }}
{% endmacro %}

{# The rows that one entry of `restated_by` speaks of, as a condition. #}
{% macro restated_by(cut) %}
    {% set query = "select " ~ cut[2] | default(cut[0]) ~ " from " ~ as_built_before(cut[1]) %}
    {% set columns = cut[0].split(", ") %}
    {% if columns | length == 2 and columns[0] == "source_name" and columns[1].endswith("_date") %}
        {{ return(in_slices("source_name", columns[1], query)) }}
    {% endif %}
    {{ return("(" ~ cut[0] ~ ") in (" ~ query ~ ")") }}
{% endmacro %}
