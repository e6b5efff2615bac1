{#
    What is stored in place of an identifier: a hash of salt, kind and value. The var identity_salt makes
    it useless to those who would try out every phone number.
#}
{% macro identifier_hash(identifier_type, value) -%}
    {{ dbt.hash("'" ~ var("identity_salt") ~ ":' || " ~ identifier_type ~ " || ':' || " ~ value) }}
{%- endmacro %}
