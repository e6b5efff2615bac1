{# Made anew, or, where there is a table and the build restates, given the rows of the touched part. #}
{% materialization incremental, adapter="postgres" %}
    {% set old = load_cached_relation(this) %}
    {% if old is none or old.type != "table" or should_full_refresh() %}
        {{ return(make_anew("table")) }}
    {% endif %}
    {{ return(replace_part(old)) }}
{% endmaterialization %}
