{#
    The cut to some as-of dates, as a condition: those that `query` gives (source_name, as_of_date), mostly
    those that a build replaces. A build that restates looks them up first and writes them out, for then Postgres reads these
    dates by the index. Asked for with a subquery it does not know how few they are, and reads the history of
    everybody: eight million rows for the half a million of a day, in each of a dozen models.
    is_known: whether they can be looked up now.
#}
{% macro in_slices(source_name, as_of_date, query, is_known=none) %}
    {% set asked = "(" ~ source_name ~ ", " ~ as_of_date ~ ") in (" ~ query ~ ")" %}
    {% if not (is_restating() if is_known is none else is_known) %}
        {{ return(asked) }}
    {% endif %}
    {% set found = run_query(
        "select source_name, cast(slice as text) from (" ~ query ~ ") as slices (source_name, slice)"
        ~ " group by source_name, slice order by source_name, slice"
    ).rows %}
    {% if found | length > 500 %}
        {{ return(asked) }}
    {% endif %}
    {% set dates = {} %}
    {% for row in found if row[1] is not none %}
        {% do dates.setdefault(row[0], []).append("'" ~ row[1] ~ "'") %}
    {% endfor %}
    {% set conditions = [] %}
    {% for source, slices in dates.items() %}
        {% do conditions.append(
            "(" ~ source_name ~ " = '" ~ source | replace("'", "''") ~ "' and "
            ~ as_of_date ~ " in (" ~ slices | join(", ") ~ "))"
        ) %}
    {% endfor %}
    {{ return("(" ~ conditions | join(" or ") ~ ")" if conditions else "(1 = 0)") }}
{% endmacro %}

{#
    Statements that let Postgres expect rows of an as-of date that it has not seen: every day has a new one, and a day
    replaces too little for new statistics. Were all dates among the most common values, it would expect
    no row of another, and look half a million customers up one by one.
#}
{% macro statistics_of_slices(relation) %}
    {% set cuts = config.get("meta", {}).get("restated_by", []) | map("first") | list %}
    {% if "source_name, as_of_date" in cuts %}
        {{ return(["alter table " ~ relation ~ " alter column as_of_date set statistics 1;"]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}
