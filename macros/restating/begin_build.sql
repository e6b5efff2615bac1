{#
    What a build has to do is settled once, at its start, and noted in raw.builds: everything, or only
    what the batches since the last build touch. It is everything unless all of this holds: the last
    build finished; models, seeds and vars are those that it was built with; the new batches belong to
    tables that had rows before; every restating model is there and is selected.
#}
{% macro begin_build() %}
    {% if execute and flags.WHICH in ("build", "run") %}
        {% set restating = restating_models() %}
        {% set chosen = restating | selectattr("unique_id", "in", selected_resources) | list %}
        {% if chosen %}
            {% set is_partial = chosen | length < restating | length %}
            {% set state = landed_state() %}
            {% set fingerprint = build_fingerprint() %}
            {% set reason = reason_to_build_everything(restating, is_partial, state, fingerprint) %}
            {% do drop_touched_tables() %}
            {% if not reason %}
                {% do run_query("create schema clientele_touched") %}
            {% endif %}
            {% do note_build(state, fingerprint, is_partial, reason) %}
            {% if reason %}
                {{ log("Everything is built: " ~ reason) }}
            {% else %}
                {{ log("What batches " ~ (state.last_batch_id + 1) ~ " to " ~ state.upto_batch_id ~ " touch is built") }}
            {% endif %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# The models that can replace a part of their rows. #}
{% macro restating_models() %}
    {% set found = [] %}
    {% for node in graph.nodes.values() %}
        {% if node.resource_type == "model" and node.config.materialized == "incremental" %}
            {% do found.append(node) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Where the last build stopped, and how far it could go now. #}
{% macro landed_state() %}
    {% set builds = ledger("builds") %}
    {% set batches = ledger("load_batches") %}
    {% set found = run_query(
        "select coalesce((select max(batch_id) from " ~ batches ~ " where state = 'loaded'), 0),"
        ~ " last_build.upto_batch_id, last_build.fingerprint, last_build.finished_at is not null"
        ~ " from (select 1 as one) as always"
        ~ " left join (select * from " ~ builds ~ " order by build_number desc limit 1) as last_build on true"
    ).rows[0] %}
    {{ return({
        "upto_batch_id": found[0] | int,
        "last_batch_id": found[1] | int(default=0),
        "fingerprint": found[2],
        "is_finished": found[3],
    }) }}
{% endmacro %}

{# Null where it is enough to restate; else why everything must be built, in words. #}
{% macro reason_to_build_everything(restating, is_partial, state, fingerprint) %}
    {% if target.type != "postgres" %}
        {{ return("only Postgres can restate") }}
    {% elif flags.FULL_REFRESH or env_var("CLIENTELE_BUILD", "") == "everything" %}
        {{ return("it was asked for") }}
    {% elif is_partial %}
        {{ return("some models only are selected") }}
    {% elif state.fingerprint is none %}
        {{ return("it is the first time") }}
    {% elif not state.is_finished %}
        {{ return("the last build did not finish") }}
    {% elif state.fingerprint != fingerprint %}
        {{ return("a model, a seed or a var has changed") }}
    {% endif %}
    {% for node in restating %}
        {% if load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) is none %}
            {{ return(node.name ~ " is missing") }}
        {% endif %}
    {% endfor %}
    {% set fresh = run_query(
        "select fresh.table_name || ' of ' || fresh.source_name from "
        ~ ledger("load_batches") ~ " as fresh where fresh.state = 'loaded'"
        ~ " and fresh.batch_id > " ~ state.last_batch_id ~ " and (not exists (select 1 from "
        ~ ledger("load_batches") ~ " as known where known.state = 'loaded'"
        ~ " and known.batch_id <= " ~ state.last_batch_id
        ~ " and known.source_name = fresh.source_name and known.table_name = fresh.table_name)"
        ~ " or split_part(fresh.table_name, '__', 1) not in ('"
        ~ restating_sources() | join("', '") ~ "'))"
        ~ " order by fresh.batch_id limit 1"
    ) %}
    {% if fresh.rows %}
        {{ return(fresh.rows[0][0] ~ " is new, or of a source that is built as a whole") }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{# Sources whose base models restate; a new batch of another builds everything. #}
{% macro restating_sources() %}
    {{ return(["shop", "online_retail"]) }}
{% endmacro %}

{#
    What the tables depend on beside the rows. dbt does not tell its macros to Jinja, so a change of
    a macro alone needs --full-refresh.
#}
{% macro build_fingerprint() %}
    {% set parts = [] %}
    {% for node in graph.nodes.values() | sort(attribute="unique_id") %}
        {% if node.resource_type in ("model", "seed") and node.package_name == project_name %}
            {% do parts.append(node.unique_id ~ node.checksum.checksum) %}
            {# What Postgres checks as it writes is settled when a table is made. #}
            {% do parts.extend(node.columns.values() | map(attribute="constraints") | select) %}
            {% do parts.extend(node.constraints or []) %}
        {% endif %}
    {% endfor %}
    {% for name in build_vars() %}
        {% do parts.append(name ~ tojson(var(name))) %}
    {% endfor %}
    {{ return(local_md5(parts | join("|"))) }}
{% endmacro %}

{# Vars that results depend on. `run_as_of_dates` is none: models compare the dates themselves. #}
{% macro build_vars() %}
    {{ return([
        "enabled_sources", "as_of_date", "churn_horizon_days", "extra_as_of_dates",
        "identity_salt", "identity_phone_country_code", "identity_max_accounts_per_identifier",
        "identity_max_identifiers_per_account", "identity_link_nameless",
        "lifecycle_cooling_spreads", "lifecycle_lapsed_spreads", "lifecycle_min_spread_share",
        "lifecycle_max_spread_share", "lifecycle_min_typical_days", "lifecycle_min_order_days",
        "lifecycle_min_shop_gaps",
        "price_band_limits", "basket_size_limits", "abc_class_a_share", "abc_class_b_share",
        "affinity_min_order_count", "affinity_max_products_per_order",
    ]) }}
{% endmacro %}

{% macro note_build(state, fingerprint, is_partial, reason) %}
    {% do run_query(
        "insert into " ~ ledger("builds")
        ~ " (build_number, invocation_id, after_batch_id, upto_batch_id, fingerprint, is_full, reason, started_at)"
        ~ " select coalesce(max(build_number), 0) + 1, '" ~ invocation_id ~ "', "
        ~ state.last_batch_id ~ ", " ~ state.upto_batch_id ~ ", "
        ~ ("null" if is_partial else "'" ~ fingerprint ~ "'") ~ ", "
        ~ ("true" if reason else "false") ~ ", "
        ~ ("'" ~ reason | replace("'", "''") ~ "'" if reason else "null")
        ~ ", '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S") ~ "' from " ~ ledger("builds")
    ) %}
    {% do run_query("commit") %}
    {% do build_note(is_new=true) %}
{% endmacro %}
