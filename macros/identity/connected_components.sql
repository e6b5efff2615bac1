{#
    Connected components, as CTEs; the last, `<prefix>_labels`, has (node, label) for every node that
    has an edge to another. The label is the smallest node of the component.

    edges: a CTE or relation with left_node and right_node (bigint, either way round, repeats allowed).
    Nodes must be numbered in an order that has nothing to do with the edges, say by a hash.

    Each round hangs every node on its smallest neighbour, follows three times (eight steps up), and
    goes on with the edges between what is left. In an order by chance a round leaves a third of a
    chain at most, so 12 rounds are enough for chains of half a million; identity_components_are_complete
    proves on any data that they were. A recursive CTE would need `union`, which Spark does not take
    there, and a row for each pair in a component.
#}
{% macro connected_components(edges, prefix, rounds=12) -%}
    {{ prefix }}_edges_0 as (

        select
            left_node,
            right_node
        from {{ edges }}
        where left_node <> right_node

        union distinct

        select
            right_node as left_node,
            left_node as right_node
        from {{ edges }}
        where left_node <> right_node

    ),
    {% for number in range(1, rounds + 1) %}
    {{ prefix }}_hung_{{ number }}_0 as (

        select
            left_node as node,
            least(left_node, min(right_node)) as parent
        from {{ prefix }}_edges_{{ number - 1 }}
        group by left_node

    ),
    {% for jump in range(1, 4) %}
    {{ prefix }}_hung_{{ number }}_{{ jump }} as (

        select
            lower_node.node,
            upper_node.parent
        from {{ prefix }}_hung_{{ number }}_{{ jump - 1 }} as lower_node
        inner join {{ prefix }}_hung_{{ number }}_{{ jump - 1 }} as upper_node
            on lower_node.parent = upper_node.node

    ),
    {% endfor %}
    {{ prefix }}_edges_{{ number }} as (

        select distinct
            left_hung.parent as left_node,
            right_hung.parent as right_node
        from {{ prefix }}_edges_{{ number - 1 }} as edges
        inner join {{ prefix }}_hung_{{ number }}_3 as left_hung on edges.left_node = left_hung.node
        inner join {{ prefix }}_hung_{{ number }}_3 as right_hung on edges.right_node = right_hung.node
        where left_hung.parent <> right_hung.parent

    ),
    {% endfor %}
    {{ prefix }}_labels as (

        select
            hung_1.node,
            {% if rounds > 1 -%}
            coalesce(
                {%- for number in range(rounds, 0, -1) %}
                hung_{{ number }}.parent{{ "," if not loop.last }}
                {%- endfor %}
            ) as label
            {%- else -%}
            hung_1.parent as label
            {%- endif %}
        from {{ prefix }}_hung_1_3 as hung_1
        {%- for number in range(2, rounds + 1) %}
        left join {{ prefix }}_hung_{{ number }}_3 as hung_{{ number }}
            on {% if number == 2 -%} hung_1.parent {%- else -%}
            coalesce({% for before in range(number - 1, 0, -1) %}hung_{{ before }}.parent{{ ", " if not loop.last }}{% endfor %})
            {%- endif %} = hung_{{ number }}.node
        {%- endfor %}

    )
{%- endmacro %}
