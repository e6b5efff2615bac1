{% materialization table, adapter="postgres" %}
    {{ return(make_anew("table")) }}
{% endmaterialization %}
