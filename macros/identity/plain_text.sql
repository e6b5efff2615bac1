{#
    Lower case, with every kind of blank (tab, line break, no-break and typographic spaces) as a
    space, and without characters that show nothing (zero-width ones, soft hyphens, byte order marks).
#}
{% macro plain_text(column) -%}
    {%- set blanks = "\t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000" -%}
    {%- set unseen = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" -%}
    lower(translate({{ column }}, '{{ blanks ~ unseen }}', '{{ " " * blanks | length }}'))
{%- endmacro %}
