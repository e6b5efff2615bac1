{#
    1 to 5 by fifths of the order given, 5 last. Equal values share a score: a tie is scored by the
    middle of its ranks, so no customer is placed above a twin, and in a shop of one customer
    everyone is average.
#}
{% macro quintile_score(partition_by, order_column, direction="asc") -%}
    cast(ceil(
        5.0 * (
            rank() over (partition by {{ partition_by }} order by {{ order_column }} {{ direction }}) - 1
            + count(*) over (partition by {{ partition_by }}, {{ order_column }}) / 2.0
        ) / count(*) over (partition by {{ partition_by }})
    ) as int)
{%- endmacro %}
