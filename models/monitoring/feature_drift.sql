{#
    Population stability index: sum over bins of (share now - share then) * ln(share now / share
    then), with bins that held a tenth of the customers each then. Each bin counts half a customer
    more than it holds, so that an empty one has a logarithm.
#}
{%- set bins = 10 %}
with

samples as {{ computed_once() }} (

    select * from {{ ref('feature_samples') }}

),

tiles as (

    select
        source_name,
        feature_name,
        feature_number,
        ntile({{ bins }}) over (
            partition by source_name, feature_name
            order by feature_number
        ) as tile
    from samples
    where is_reference and feature_number is not null

),

cuts as (

    -- Equal values fall into one bin, however many tenths they fill.
    select
        source_name,
        feature_name,
        {% for tile in range(1, bins) %}
        max(case when tile = {{ tile }} then feature_number end) as cut_{{ tile }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from tiles
    group by source_name, feature_name

),

binned as (

    select
        samples.*,
        case
            when samples.category is not null then samples.category
            when samples.feature_number is null then 'unknown'
            else cast(
                {% for tile in range(1, bins) %}
                case when samples.feature_number > cuts.cut_{{ tile }} then 1 else 0 end
                {%- if not loop.last %} +{% endif %}
                {% endfor %}
                as {{ dbt.type_string() }}
            )
        end as bin,
        case
            when samples.category is null and samples.feature_number is null then 1.0 else 0.0
        end as unknown_number
    from samples
    left join cuts
        on samples.source_name = cuts.source_name and samples.feature_name = cuts.feature_name

),

counted as (

    -- In one pass: a bin tells all that the level of its feature adds up.
    select
        source_name,
        feature_name,
        model_version,
        reference_date,
        as_of_date,
        bin,
        count(case when is_reference then 1 end) as reference_count,
        count(case when not is_reference then 1 end) as current_count,
        count(case when is_reference then feature_number end) as reference_number_count,
        count(case when not is_reference then feature_number end) as current_number_count,
        sum(case when is_reference then feature_number end) as reference_sum,
        sum(case when not is_reference then feature_number end) as current_sum,
        sum(case when is_reference then unknown_number end) as reference_unknown_count,
        sum(case when not is_reference then unknown_number end) as unknown_count
    from binned
    group by source_name, feature_name, model_version, reference_date, as_of_date, bin

),

levels as (

    select
        source_name,
        feature_name,
        model_version,
        reference_date,
        as_of_date,
        count(*) as bin_count,
        cast(sum(reference_count) as int) as reference_customer_count,
        cast(sum(current_count) as int) as customer_count,
        sum(reference_sum) / nullif(sum(reference_number_count), 0) as reference_mean,
        sum(current_sum) / nullif(sum(current_number_count), 0) as current_mean,
        sum(reference_unknown_count) / nullif(sum(reference_count), 0) as reference_unknown_share,
        sum(unknown_count) / nullif(sum(current_count), 0) as unknown_share
    from counted
    group by source_name, feature_name, model_version, reference_date, as_of_date

),

shares as (

    select
        levels.source_name,
        levels.feature_name,
        levels.bin_count,
        (counted.reference_count + 0.5)
        / (levels.reference_customer_count + 0.5 * levels.bin_count) as reference_share,
        (counted.current_count + 0.5)
        / (levels.customer_count + 0.5 * levels.bin_count) as current_share
    from counted
    inner join levels
        on
            counted.source_name = levels.source_name
            and counted.feature_name = levels.feature_name

),

indexes as (

    select
        source_name,
        feature_name,
        max(bin_count) as bin_count,
        sum((current_share - reference_share) * ln(current_share / reference_share)) as psi
    from shares
    group by source_name, feature_name

),

told as (

    select
        levels.*,
        cast(indexes.psi as numeric(18, 4)) as population_stability_index,
        -- What two draws from one and the same shop differ by in the mean.
        cast(
            (indexes.bin_count - 1)
            * (1.0 / levels.reference_customer_count + 1.0 / levels.customer_count)
            as numeric(18, 4)
        ) as index_by_chance
    from levels
    inner join indexes
        on
            levels.source_name = indexes.source_name
            and levels.feature_name = indexes.feature_name
    where levels.reference_customer_count > 0 and levels.customer_count > 0

)

select
    source_name,
    feature_name,
    model_version,
    reference_date,
    as_of_date,
    population_stability_index,
    index_by_chance,
    case
        when population_stability_index - index_by_chance >= 0.25 then 'large'
        when population_stability_index - index_by_chance >= 0.1 then 'moderate'
        else 'small'
    end as drift_level,
    reference_customer_count,
    customer_count,
    cast(reference_mean as numeric(18, 4)) as reference_mean,
    cast(current_mean as numeric(18, 4)) as mean,
    cast(reference_unknown_share as numeric(18, 4)) as reference_unknown_share,
    cast(unknown_share as numeric(18, 4)) as unknown_share
from told
