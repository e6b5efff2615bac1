{# What audiences.yml declares, as a table for those who do not read YAML. #}
with

audiences as (
    {% for audience in declared_audiences() %}
    select
        {{ dbt.string_literal(audience.name) }} as audience_name,
        {{ dbt.string_literal(dbt.escape_single_quotes(audience.description | trim)) }} as audience_description,
        {{ dbt.string_literal(dbt.escape_single_quotes(audience.owner)) }} as owner_name,
        cast({{ "'" ~ audience.active_from ~ "'" if audience.active_from else "null" }} as date) as active_from_date,
        {{ dbt.string_literal(dbt.escape_single_quotes(audience.rules | join(" and "))) }} as audience_rules
    union all
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as audience_name,
        cast(null as {{ dbt.type_string() }}) as audience_description,
        cast(null as {{ dbt.type_string() }}) as owner_name,
        cast(null as date) as active_from_date,
        cast(null as {{ dbt.type_string() }}) as audience_rules

)

select * from audiences
where audience_name is not null
