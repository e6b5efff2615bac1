{#
    The account that an order of a contract shop belongs to: its customer, or for a guest a hash of
    the e-mail or phone number left at the checkout; null where there is none of these.
#}
{% macro shop_account_id(relation=none) -%}
    {%- set at = relation ~ "." if relation else "" -%}
    {{ at }}source_name || ':' || coalesce(
            {{ at }}customer_number,
            'guest:' || {{ dbt.hash("coalesce(" ~ at ~ "email, " ~ at ~ "phone)") }}
        )
{%- endmacro %}

{#
    A line's share of an amount that was charged for the whole order, by the line's weight. Shares
    are differences of running totals, so that they add up to the penny. Null stays null.
    Needs weight_total, weight_up_to_line and weight_before_line.
#}
{% macro share_of_order(amount) -%}
    cast({{ amount }} * weight_up_to_line / nullif(weight_total, 0) as {{ money_type() }})
        - cast({{ amount }} * weight_before_line / nullif(weight_total, 0) as {{ money_type() }})
{%- endmacro %}
