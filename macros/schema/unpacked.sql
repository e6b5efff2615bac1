{#
    The rows of a relation once for each entry of their packed columns, in which entries are parted by
    chr(31), with the number of the entry; a row without entries comes once. An empty entry is null.

    relation: name of a CTE.
    packed: the columns, each with the name of its entry.
    count: the column that says how many entries a row has.
    most: how many there are at most.
    number: name of the column for the number of an entry.
#}
{% macro unpacked(relation, packed, count, most, number="entry_number") -%}
    {{ adapter.dispatch("unpacked", "clientele")(relation, packed, count, most, number) }}
{%- endmacro %}

{% macro default__unpacked(relation, packed, count, most, number) -%}
    select
        packed.*,
        places.{{ number }},
        {% for column, entry in packed.items() -%}
        nullif(split_part(packed.{{ column }}, chr(31), places.{{ number }}), '') as {{ entry }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ relation }} as packed
    inner join (
        select cast(generated_number as int) as {{ number }} from ({{ number_spine(most) }}) as numbers
    ) as places on places.{{ number }} <= greatest(packed.{{ count }}, 1)
{%- endmacro %}

{# Each text is read once; split_part reads it anew for every entry. #}
{% macro postgres__unpacked(relation, packed, count, most, number) -%}
    select
        packed.*,
        cast(coalesce(entries.{{ number }}, 1) as int) as {{ number }},
        {% for entry in packed.values() -%}
        nullif(entries.{{ entry }}, '') as {{ entry }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ relation }} as packed
    left join lateral rows from (
        {% for column in packed -%}
        string_to_table(packed.{{ column }}, chr(31))
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    ) with ordinality as entries ({{ packed.values() | join(", ") }}, {{ number }}) on true
{%- endmacro %}
