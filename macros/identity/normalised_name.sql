{#
    name_words without the titles in front; null where nothing or, behind a title, only a surname is
    left: Mr Smith and Mrs Smith are not the same person.
#}
{% macro normalised_name(words) -%}
    {%- set titles = "((mr|mrs|ms|miss|mx|dr|prof|sir|herr|frau|mme|mlle|monsieur|madame|sig|sra)( |$))+" -%}
    {%- set no_surname_only = replace_pattern(words, "'^" ~ titles ~ "[^ ]*$'") -%}
    nullif({{ replace_pattern(no_surname_only, "'^" ~ titles ~ "'") }}, '')
{%- endmacro %}
