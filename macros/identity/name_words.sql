{#
    The words of a name: no accents, no punctuation, single blanks, and `smith, john` as `john smith`.
    A comma before jr or the like turns nothing.
#}
{% macro name_words(column) -%}
    {%- set text = plain_text(column) -%}
    {%- set generations = "', *(jr|sr|ii|iii|iv|junior|senior|phd|md)[. ]*$'" -%}
    {%- set turned -%}
        case
            when {{ column }} like '%,%' and not {{ matches_pattern(text, generations) }}
                then split_part({{ text }}, ',', 2) || ' ' || split_part({{ text }}, ',', 1)
            else {{ text }}
        end
    {%- endset -%}
    {%- set marks = '.,;:_/"()[]&+-' -%}
    {%- set parted = "translate(" ~ fold_accents(turned) ~ ", '" ~ marks ~ "''’‘`´', '" ~ " " * marks | length ~ "')" -%}
    btrim({{ replace_pattern(parted, "' +'", "' '") }})
{%- endmacro %}
