{# What audiences.yml declares, as a table for those who do not read YAML. #}
with

audiences as (
    {% for audience in declared_audiences() %}
    {%- set first_day = audience_literal(audience.active_from, "text") if audience.active_from else "null" %}
    select
        {{ audience_literal(audience.name, "text") }} as audience_name,
        {{ audience_literal(audience.description | trim, "text") }} as audience_description,
        {{ audience_literal(audience.owner, "text") }} as owner_name,
        cast({{ first_day }} as date) as active_from_date,
        {{ audience_literal(audience.rules | join(" and "), "text") }} as audience_rules
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
