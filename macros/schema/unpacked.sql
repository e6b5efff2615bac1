{#
    The rows of a relation once for each entry of their packed columns, in which entries are parted by
    chr(31), with the number of the entry; a row without entries comes once. An empty entry is null.

    relation: name of a CTE.
    packed: the columns, each with the name of its entry.
    count: the column that says how many entries a row has.
    most: how many there are at most.
    number: name of the column for the number of an entry.

    Postgres reads each text once; split_part reads it anew for every entry.
#}
{% macro unpacked(relation, packed, count, most, number="entry_number") -%}
    select
        packed.*,
        {% if target.type == "postgres" -%}
        cast(coalesce(entries.{{ number }}, 1) as int) as {{ number }},
        {%- else -%}
        entries.{{ number }},
        {%- endif %}
        {% for column, entry in packed.items() -%}
        {% if target.type == "postgres" -%}
        nullif(entries.{{ entry }}, '') as {{ entry }}
        {%- else -%}
        nullif(split_part(packed.{{ column }}, chr(31), entries.{{ number }}), '') as {{ entry }}
        {%- endif %}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ relation }} as packed
    {% if target.type == "postgres" -%}
    left join lateral unnest(
        {% for column in packed -%}
        string_to_array(packed.{{ column }}, chr(31))
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    ) with ordinality as entries ({{ packed.values() | join(", ") }}, {{ number }}) on true
    {%- else -%}
    inner join (
        select cast(generated_number as int) as {{ number }} from ({{ number_spine(most) }}) as numbers
    ) as entries on entries.{{ number }} <= greatest(packed.{{ count }}, 1)
    {%- endif %}
{%- endmacro %}
