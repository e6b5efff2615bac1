{#
    The area under the ROC curve per value of `key`, as a CTE body with the columns key and roc_auc: the
    share of pairs of one with outcome 1 and one with outcome 0 in which the former was predicted higher;
    equal predictions count half. By ranks (Mann and Whitney): rows that share a prediction have their
    mean rank. Null where all outcomes are the same.
#}
{% macro roc_auc(relation, key, predicted, observed) -%}
    select
        {{ key }},
        cast(
            (hit_rank_sum - hit_count * (hit_count + 1) / 2)
            / nullif(hit_count * (row_count - hit_count), 0) as numeric(18, 6)
        ) as roc_auc
    from (
        select
            {{ key }},
            cast(sum(row_count) as numeric(18, 4)) as row_count,
            cast(sum(hit_count) as numeric(18, 4)) as hit_count,
            -- Twice the mean rank is a whole number.
            cast(sum(hit_count * doubled_rank) as numeric(28, 4)) / 2 as hit_rank_sum
        from (
            select
                {{ key }},
                row_count,
                hit_count,
                2 * sum(row_count) over (
                    partition by {{ key }} order by {{ predicted }}
                    rows between unbounded preceding and current row
                ) - row_count + 1 as doubled_rank
            from (
                select
                    {{ key }},
                    {{ predicted }},
                    count(*) as row_count,
                    sum(cast({{ observed }} as int)) as hit_count
                from {{ relation }}
                group by {{ key }}, {{ predicted }}
            ) as predictions
        ) as ranked
        group by {{ key }}
    ) as summed
{%- endmacro %}
