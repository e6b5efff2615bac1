{#
    Append to `faults` one sentence for everything in the declarations that cannot mean what it says,
    with the name of the audience, the rule and what there is instead.
#}
{% macro find_audience_faults(audiences, columns, faults) %}
    {% set known = ["name", "description", "owner", "active_from", "rules"] %}
    {% set names = [] %}
    {% for audience in audiences if audience is not mapping %}
        {% do faults.append("'" ~ audience ~ "' is no audience: write name, description, owner and rules") %}
    {% endfor %}
    {% for audience in audiences if audience is mapping %}
        {% set name = audience.get("name", "") | string %}
        {% set label = name or ("the audience at place " ~ loop.index) %}
        {% if not modules.re.fullmatch("[a-z][a-z0-9_]{0,62}", name) %}
            {% do faults.append(label ~ ": a name is small letters, digits and _, beginning with a letter") %}
        {% elif name in names %}
            {% do faults.append(name ~ " is declared twice") %}
        {% endif %}
        {% do names.append(name) %}
        {% for key in audience if key not in known %}
            {% do faults.append(label ~ ": " ~ key ~ " is none of " ~ known | join(", ")) %}
        {% endfor %}
        {% for key in ("description", "owner", "rules") if not audience.get(key) %}
            {% do faults.append(label ~ " has no " ~ key) %}
        {% endfor %}
        {% set active_from = audience.get("active_from") %}
        {% if active_from is not none and not audience_day(active_from) | trim %}
            {% do faults.append(label ~ ": active_from '" ~ active_from ~ "' is no day, write 2024-12-31") %}
        {% endif %}
        {% if audience.get("rules") is string %}
            {% do faults.append(label ~ ": rules are a list, each behind a dash") %}
        {% endif %}
        {% for rule in audience.get("rules") or [] if audience.rules is not string %}
            {{ find_rule_faults(label, rule, columns, faults) }}
        {% endfor %}
    {% endfor %}
    {% if ": no column " in faults | join(" ") %}
        {% do faults.append("columns are " ~ columns | join(", ")) %}
    {% endif %}
{% endmacro %}

{% macro find_rule_faults(label, rule, columns, faults) %}
    {% set operators = {
        "number": ["=", "!=", "<", "<=", ">", ">=", "in", "not in", "is known", "is not known"],
        "date": ["=", "!=", "<", "<=", ">", ">=", "is known", "is not known"],
        "boolean": ["=", "is known", "is not known"],
        "text": ["=", "!=", "in", "not in", "is known", "is not known"],
    } %}
    {% set place = label ~ ", rule '" ~ rule ~ "': " %}
    {% set parts = {} %}
    {{ read_audience_rule(rule, parts) }}
    {% if not parts %}
        {% do faults.append(place ~ "write a column, one of " ~ operators.number | join(", ") ~ ", and a value") %}
    {% elif parts.column not in columns %}
        {% do faults.append(place ~ "no column " ~ parts.column) %}
    {% elif parts.operator not in operators[columns[parts.column].kind] %}
        {% do faults.append(
            place ~ parts.column ~ " is a " ~ columns[parts.column].kind ~ ", which takes "
            ~ operators[columns[parts.column].kind] | join(", ")
        ) %}
    {% elif parts.operator.endswith("known") %}
        {% if parts["values"] %}{% do faults.append(place ~ "nothing follows '" ~ parts.operator ~ "'") %}{% endif %}
    {% elif not parts["values"] or "" in parts["values"] %}
        {% do faults.append(place ~ "a value is missing") %}
    {% else %}
        {{ find_value_faults(place, parts, columns[parts.column], faults) }}
    {% endif %}
{% endmacro %}

{% macro find_value_faults(place, parts, column, faults) %}
    {% for value in parts["values"] %}
        {% if "\\" in value %}
            {% do faults.append(place ~ "no backslashes") %}
        {% elif column["values"] and value not in column["values"] %}
            {% do faults.append(
                place ~ parts.column ~ " is never '" ~ value ~ "'; it is one of " ~ column["values"] | join(", ")
            ) %}
        {% elif not audience_literal(value, column.kind) | trim %}
            {% do faults.append(
                place ~ "'" ~ value ~ "' is no " ~ column.kind
                ~ {"date": ", write 2024-12-31", "boolean": ", write true or false", "number": ", write 0.5 or 12"}[column.kind]
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
