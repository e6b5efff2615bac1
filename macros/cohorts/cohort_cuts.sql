{#
    A relation of the cohorts summed up for each cut, as a CTE body. Overall is the cut `all`.
    relation: a model with source_name and the columns of the cuts.
    grain: the other columns of the grain.
    by_cut: whether the cuts are category, country and channel, or `all` alone.
    measures: select columns.
#}
{% macro cohort_cuts(relation, grain, by_cut, measures) -%}
    {%- set cuts = ["category", "country", "channel"] if by_cut else ["all"] %}
    {%- for cut in cuts %}
    select
        source_name,
        '{{ cut }}' as cut_name,
        {{ "first_" ~ cut if by_cut else "'all'" }} as cut_value,
        {{ grain | join(", ") }},
        {{ measures }}
    from {{ relation }}
    group by source_name{{ ", first_" ~ cut if by_cut }}, {{ grain | join(", ") }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
