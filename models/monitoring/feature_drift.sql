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
        samples.source_name,
        samples.feature_name,
        samples.is_reference,
        samples.feature_number,
        samples.category is null and samples.feature_number is null as is_unknown,
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
        end as bin
    from samples
    left join cuts
        on samples.source_name = cuts.source_name and samples.feature_name = cuts.feature_name

),

counted as (

    select
        source_name,
        feature_name,
        bin,
        count(case when is_reference then 1 end) as reference_count,
        count(case when not is_reference then 1 end) as current_count
    from binned
    group by source_name, feature_name, bin

),

totals as (

    select
        source_name,
        feature_name,
        sum(reference_count) as reference_count,
        sum(current_count) as current_count,
        count(*) as bin_count
    from counted
    group by source_name, feature_name

),

shares as (

    select
        counted.source_name,
        counted.feature_name,
        (counted.reference_count + 0.5)
        / (totals.reference_count + 0.5 * totals.bin_count) as reference_share,
        (counted.current_count + 0.5)
        / (totals.current_count + 0.5 * totals.bin_count) as current_share
    from counted
    inner join totals
        on
            counted.source_name = totals.source_name
            and counted.feature_name = totals.feature_name
    where totals.reference_count > 0 and totals.current_count > 0

),

indexes as (

    select
        source_name,
        feature_name,
        sum((current_share - reference_share) * ln(current_share / reference_share)) as psi
    from shares
    group by source_name, feature_name

),

levels as (

    select
        source_name,
        feature_name,
        avg(case when is_reference then feature_number end) as reference_mean,
        avg(case when not is_reference then feature_number end) as current_mean,
        avg(case when is_reference then case when is_unknown then 1.0 else 0.0 end end)
            as reference_unknown_share,
        avg(case when not is_reference then case when is_unknown then 1.0 else 0.0 end end)
            as current_unknown_share
    from binned
    group by source_name, feature_name

),

days as (

    select distinct
        source_name,
        model_version,
        reference_date,
        as_of_date
    from samples

),

told as (

    select
        indexes.source_name,
        indexes.feature_name,
        cast(indexes.psi as numeric(18, 4)) as population_stability_index,
        -- What two draws from one and the same shop differ by in the mean.
        cast(
            (totals.bin_count - 1)
            * (1.0 / totals.reference_count + 1.0 / totals.current_count)
            as numeric(18, 4)
        ) as index_by_chance,
        cast(totals.reference_count as int) as reference_customer_count,
        cast(totals.current_count as int) as customer_count,
        cast(levels.reference_mean as numeric(18, 4)) as reference_mean,
        cast(levels.current_mean as numeric(18, 4)) as mean,
        cast(levels.reference_unknown_share as numeric(18, 4)) as reference_unknown_share,
        cast(levels.current_unknown_share as numeric(18, 4)) as unknown_share
    from indexes
    inner join totals
        on
            indexes.source_name = totals.source_name
            and indexes.feature_name = totals.feature_name
    inner join levels
        on
            indexes.source_name = levels.source_name
            and indexes.feature_name = levels.feature_name

)

select
    told.source_name,
    told.feature_name,
    days.model_version,
    days.reference_date,
    days.as_of_date,
    told.population_stability_index,
    told.index_by_chance,
    case
        when told.population_stability_index - told.index_by_chance >= 0.25 then 'large'
        when told.population_stability_index - told.index_by_chance >= 0.1 then 'moderate'
        else 'small'
    end as drift_level,
    told.reference_customer_count,
    told.customer_count,
    told.reference_mean,
    told.mean,
    told.reference_unknown_share,
    told.unknown_share
from told
inner join days on told.source_name = days.source_name
