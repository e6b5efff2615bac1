{#
    Which sources have a model of an entity, among those that are enabled. The shop contract defines
    the entities, so it is always there and no union is ever empty.
#}
{% macro conformed_models(entity) %}
    {% set sources_of = {
        "accounts": ["shop", "online_retail", "olist", "telco", "cdnow"],
        "sightings": ["shop", "olist"],
        "products": ["shop", "online_retail", "retail_orders", "olist"],
        "order_items": ["shop", "online_retail", "retail_orders", "olist", "cdnow"],
        "returns": ["shop", "online_retail"],
        "reviews": ["shop", "olist"],
        "events": ["shop"],
        "subscriptions": ["shop", "telco"],
        "subscription_attributes": ["shop", "telco"],
    } %}
    {% set models = [] %}
    {% for source in sources_of[entity] if is_source_enabled(source) %}
        {% do models.append("int_" ~ source ~ "__" ~ entity) %}
    {% endfor %}
    {{ return(models) }}
{% endmacro %}

{#
    The var `enabled_sources`, or fewer of them for one environment: CLIENTELE_SOURCES=shop,olist.
#}
{% macro is_source_enabled(source) %}
    {% set declared = var("enabled_sources") %}
    {% set chosen = [] %}
    {% for name in env_var("CLIENTELE_SOURCES", "").split(",") if name | trim %}
        {% if name | trim not in declared %}
            {{ exceptions.raise_compiler_error(
                "CLIENTELE_SOURCES names '" ~ name | trim ~ "', which the var enabled_sources does not: "
                ~ "it has " ~ declared | join(", ")
            ) }}
        {% endif %}
        {% do chosen.append(name | trim) %}
    {% endfor %}
    {{ return(source == "shop" or source in (chosen or declared)) }}
{% endmacro %}

{# The rows of an entity from all enabled sources, as a CTE body. #}
{% macro union_of(entity) -%}
    {%- for model in conformed_models(entity) %}
    select * from {{ ref(model) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
