{#
    The customers that a contract shop has exported, as two CTEs. A shop that has exported none has no
    unknown ones, so which shops have a customer file is part of the question.
#}
{% macro known_customers() -%}
customers as (

    select
        source_name as customer_source_name,
        customer_number as known_customer_number
    from {{ ref('stg_shop__customers') }}

),

customer_files as (

    select distinct source_name as source_with_customers
    from {{ ref('stg_shop__customers') }}

)
{%- endmacro %}

{# Joins the CTEs of known_customers to rows that name a customer. #}
{% macro join_known_customers(relation) -%}
    left join customers
        on
            {{ relation }}.source_name = customers.customer_source_name
            and {{ relation }}.customer_number = customers.known_customer_number
    left join customer_files on {{ relation }}.source_name = customer_files.source_with_customers
{%- endmacro %}

{# The rule of first_reason about them. #}
{% macro customer_is_unknown() -%}
    {{ return([
        "customer_number is not null and known_customer_number is null "
            ~ "and source_with_customers is not null",
        "customer is unknown"
    ]) }}
{%- endmacro %}
