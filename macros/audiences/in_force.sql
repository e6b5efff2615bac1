{#
    What a history of predictions said of every customer on the days of the history, as a CTE body:
    `columns` of the prediction that was in force, with prediction_rank 1. Those of an id that a merge
    retired count for the customer it became, whose own come first. Reads the CTEs customers and dates.
#}
{% macro in_force(history, columns) -%}
    select
        customers.customer_id,
        dates.as_of_date,
        {%- for column in columns %}
        said.{{ column }},
        {%- endfor %}
        row_number() over (
            partition by customers.customer_id, dates.as_of_date
            order by
                case when said.customer_id = customers.customer_id then 0 else 1 end asc,
                said.as_of_date desc,
                said.customer_id asc
        ) as prediction_rank
    from {{ history }} as said
    inner join {{ ref('int_identity__customers') }} as linked
        on said.customer_id = linked.account_id
    inner join customers on linked.customer_id = customers.customer_id
    inner join dates
        on
            customers.source_name = dates.source_name
            and dates.as_of_date >= said.as_of_date
            and dates.as_of_date < said.valid_until_date
{%- endmacro %}
