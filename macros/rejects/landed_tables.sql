{#
    Every raw table of the enabled sources as [source, entity]: each has a base model that names its
    rejects and a staging model.
#}
{% macro landed_tables() %}
    {% set entities_of = {
        "cdnow": ["transactions"],
        "online_retail": ["lines"],
        "shop": ["customers", "products", "orders", "order_items", "returns", "reviews", "events", "subscriptions"],
        "telco": ["subscriptions"],
        "olist": ["customers", "sellers", "products", "orders", "order_items", "payments", "reviews", "geolocation"],
        "retail_orders": ["orders"],
    } %}
    {% set tables = [] %}
    {% for source, entities in entities_of.items() if is_source_enabled(source) %}
        {% for entity in entities %}
            {% do tables.append([source, entity]) %}
        {% endfor %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}
