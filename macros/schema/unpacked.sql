{#
    The rows of a relation once for each entry of their packed columns, in which entries are parted by
    chr(31), with the number of the entry; a row without entries comes once. An empty entry is null.
    Postgres reads each text once; split_part reads it anew for every entry. Not by dispatch, which the
    linter takes for a function.

    relation: name of a CTE.
    packed: the columns, each with the name of its entry.
    count: the column that says how many entries a row has.
    most: how many there are at most.
    number: name of the column for the number of an entry.
#}
{% macro unpacked(relation, packed, count, most, number) -%}
    {%- if target.type == "postgres" -%}
    select
        packed.*,
        {% for entry in packed.values() -%}
        nullif(entries.{{ entry }}, '') as {{ entry }},
        {% endfor -%}
        cast(coalesce(entries.{{ number }}, 1) as int) as {{ number }}
    from {{ relation }} as packed
    left join lateral unnest(
        {% for column in packed -%}
        string_to_array(packed.{{ column }}, chr(31))
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    ) with ordinality as entries ({{ packed.values() | join(", ") }}, {{ number }}) on true
    {%- else -%}
    select
        packed.*,
        {% for column, entry in packed.items() -%}
        nullif(split_part(packed.{{ column }}, chr(31), entries.{{ number }}), '') as {{ entry }},
        {% endfor -%}
        entries.{{ number }}
    from {{ relation }} as packed
    inner join (
        select cast(generated_number as int) as {{ number }} from ({{ number_spine(most) }}) as numbers
    ) as entries on entries.{{ number }} <= greatest(packed.{{ count }}, 1)
    {%- endif %}
{%- endmacro %}
