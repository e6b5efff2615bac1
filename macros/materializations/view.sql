{% materialization view, adapter="postgres" %}
    {{ return(make_anew("view")) }}
{% endmaterialization %}
