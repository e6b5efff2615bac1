{#
    Statistics of a table that was just built. Without them Postgres plans the next model by guesses:
    a join of four staging tables took 25 s instead of half a second. Of a table as small as a seed it
    guesses over a thousand rows, and Postgres never looks by itself.
    A table of which a build replaced less than a tenth keeps its statistics: the sample is 30,000 pages from
    all over the table, and half a minute of a cloud disk where they are not in memory. What adds up over
    the days is autovacuum's. (Its count would not do here: it takes a table that was made and sampled in one
    transaction for one that has changed as a whole since.)
#}
{% macro analyze_table() -%}
    {{ adapter.dispatch("analyze_table", "clientele")() }}
{%- endmacro %}

{% macro default__analyze_table() -%}
{%- endmacro %}

{% macro postgres__analyze_table() -%}
    {%- if model.config.materialized == "incremental" and is_incremental() -%}
        do $$
        begin
            if (
                select
                    10 * (
                        pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_deleted(oid)
                    ) >= reltuples
                from pg_class
                where oid = '{{ this }}'::regclass
            ) then
                analyze {{ this }};
            end if;
        end
        $$
    {%- elif model.config.materialized in ("table", "incremental", "seed") -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
