{%- set parsed_tables = landed_tables() %}

{% for source_name, entity in parsed_tables %}
select
    {{ "source_name" if source_name == "shop" else "'" ~ source_name ~ "' as source_name" }},
    '{{ source_name }}__{{ entity }}' as table_name,
    {{ landing_keys() }},
    reject_reason
from {{ ref("base_" ~ source_name ~ "__" ~ entity) }}
where reject_reason is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
