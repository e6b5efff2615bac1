{#
    The mailbox behind a compact_email; null where the text has not the shape of an address.

    What follows a plus sign is a label that the owner made up, at every provider that knows plus
    signs at all. Gmail alone ignores dots, and googlemail.com is gmail.com: at other providers a dot
    makes another mailbox.
#}
{% macro normalised_email(text) -%}
    {%- set shape = "'^[^@+.<>,;:()][^@<>,;:()]*@[^@.<>,;:()]+([.][^@.<>,;:()]+)*[.][^@.0-9<>,;:()]{2,}$'" -%}
    {%- set mailbox = "split_part(split_part(" ~ text ~ ", '@', 1), '+', 1)" -%}
    {%- set domain = "split_part(" ~ text ~ ", '@', 2)" -%}
    case
        when not {{ matches_pattern(text, shape) }} then null
        when {{ domain }} in ('gmail.com', 'googlemail.com')
            then replace({{ mailbox }}, '.', '') || '@gmail.com'
        else {{ mailbox }} || '@' || {{ domain }}
    end
{%- endmacro %}
