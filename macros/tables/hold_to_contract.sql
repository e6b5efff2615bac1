{#
    Whether a relation that was just made has the columns that its contract declares, as a statement that
    fails otherwise. The catalogue tells at once; dbt plans the query of the model a second time to ask,
    holds each column against every other, and took as long for it as Postgres for a small model.
    Like dbt it holds the types against each other without their precision; a table then gets that of its
    contract.
#}
{% macro hold_to_contract(relation) %}
    {% set untyped = model.columns.values() | rejectattr("data_type") | map(attribute="name") | list %}
    {% if untyped or not model.columns %}
        {% do exceptions.raise_compiler_error(
            model.name ~ " is under a contract: declare its columns in YAML, each with its data_type"
            ~ (" (missing: " ~ untyped | join(", ") ~ ")" if untyped else "")
        ) %}
    {% endif %}
    do $contract$
    declare
        found record;
        faults text[] := '{}';
        altered text[] := '{}';
    begin
        for found in
            select
                coalesce(made.name, declared.name) as name,
                made.type as made_type,
                declared.type as declared_type,
                made.base_type is not distinct from declared.base_type as is_same
            from (
                select cast(attname as text) as name, format_type(atttypid, atttypmod) as type, format_type(atttypid, null) as base_type
                from pg_attribute
                where attrelid = '{{ relation }}'::regclass and attnum > 0 and not attisdropped
            ) as made
            full join (
                select name, type, format_type(to_regtype(type), null) as base_type
                from (
                    values
                    {%- for column in model.columns.values() %}
                    ('{{ column.name if column.quote else column.name | lower }}', '{{ column.data_type }}'){{ "," if not loop.last }}
                    {%- endfor %}
                ) as named (name, type)
            ) as declared on made.name = declared.name
            where
                made.base_type is distinct from declared.base_type
                or substring(made.type from '[(].*[)]') is distinct from substring(replace(declared.type, ' ', '') from '[(].*[)]')
        loop
            if found.made_type is null then
                faults := faults || format('%s is not selected', found.name);
            elsif found.declared_type is null then
                faults := faults || format('%s is not declared', found.name);
            elsif not found.is_same then
                faults := faults || format('%s is %s, declared as %s', found.name, found.made_type, found.declared_type);
            elsif found.declared_type like '%(%' then
                altered := altered || format('alter column %I type %s', found.name, found.declared_type);
            end if;
        end loop;
        if faults <> '{}' then
            raise exception 'the contract of {{ model.name }} is broken: %', array_to_string(faults, '; ')
                using hint = 'Columns and their data_type stand in {{ model.patch_path.split("://") | last }}.';
        end if;
        {%- if not relation.is_view %}
        if altered <> '{}' then
            execute 'alter table {{ relation }} ' || array_to_string(altered, ', ');
        end if;
        {%- endif %}
    end
    $contract$;
{% endmacro %}

{# dbt asks before it makes a relation; ours looks at what was made (above). #}
{% macro postgres__get_assert_columns_equivalent(sql) %}
    {% if not constraints_may_follow(model) %}
        {{ return(default__get_assert_columns_equivalent(sql)) }}
    {% endif %}
{% endmacro %}
