{#
    A relation of customers or of what they did summed up for each cut, as a CTE body. Overall is the cut `all`.
    relation: a model with source_name and first_category, first_country, first_channel.
    grain: the other columns of the grain.
    cuts: of all, category, country and channel.
    measures: select columns.
#}
{% macro cohort_cuts(relation, grain, cuts, measures) -%}
    {%- for cut in cuts %}
    select
        source_name,
        '{{ cut }}' as cut_name,
        {{ "'all'" if cut == "all" else "first_" ~ cut }} as cut_value,
        {{ grain | join(", ") }},
        {{ measures }}
    from {{ relation }}
    group by source_name{{ ", first_" ~ cut if cut != "all" }}, {{ grain | join(", ") }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
