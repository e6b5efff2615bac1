{#
    An ISO 8601 date or timestamp as UTC, or null where the text is none. Only year-month-day is taken:
    31/02/2024 and 02/03/2024 have no one meaning. 30 February is none either. What names no offset
    from UTC is UTC.
#}
{% macro safe_timestamp(column) -%}
    {{ adapter.dispatch("safe_timestamp", "clientele")(column) }}
{%- endmacro %}

{% macro iso_timestamp_pattern(zone) -%}
    {#- Counts like {4} cost Postgres half as much again as the digits written out. -#}
    {%- set two = "[0-9][0-9]" -%}
    '^{{ two }}{{ two }}-{{ two }}-{{ two }}([ T]{{ two }}:{{ two }}(:{{ two }}([.][0-9]+)?)?{{ zone }})?$'
{%- endmacro %}

{% macro default__safe_timestamp(column) -%}
    {#- try_cast reads the offset, and the session's zone is UTC. -#}
    case when trim({{ column }}) rlike {{ iso_timestamp_pattern(" ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?") }}
        then try_cast(trim({{ column }}) as timestamp) end
{%- endmacro %}

{% macro postgres__safe_timestamp(column) -%}
    case
        -- Most are written to the second. One that Postgres writes back as it stands has that form, which
        -- takes it two thirds of what the pattern takes.
        when trim({{ column }}) like '____-__-_____:__:__'
            and pg_input_is_valid(trim({{ column }}), 'timestamp')
            and cast(cast(trim({{ column }}) as timestamp) as text) = replace(trim({{ column }}), 'T', ' ')
            then cast(trim({{ column }}) as timestamp)
        when trim({{ column }}) ~ {{ iso_timestamp_pattern(" ?(Z|UTC)?") }}
            and pg_input_is_valid(trim({{ column }}), 'timestamp')
            then cast(trim({{ column }}) as timestamp)
        -- A cast to timestamp would leave the offset out without a word.
        when trim({{ column }}) ~ {{ iso_timestamp_pattern(" ?[+-][0-9]{2}(:?[0-9]{2})?") }}
            and pg_input_is_valid(trim({{ column }}), 'timestamptz')
            then cast(trim({{ column }}) as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}
