{# Every raw table as [source, entity]: each has a base model that names its rejects and a staging model. #}
{% macro landed_tables() %}
    {{ return([
        ["online_retail", "lines"],
        ["sample", "customers"],
        ["sample", "products"],
        ["sample", "orders"],
        ["sample", "order_items"],
        ["sample", "returns"]
    ]) }}
{% endmacro %}
