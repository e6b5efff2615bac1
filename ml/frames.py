"""Feature frames of a shop as of given dates. The only module of `ml` that reads the warehouse."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date
from typing import Any, cast

import numpy as np
import pandas as pd

from ml.columns import AS_OF_DATE, CUSTOMER_ID, SOURCE_NAME
from ml.feature_contract import FeatureContract
from ml.fingerprint import rows_digest
from ml.risk import RiskBands
from warehouse.bulk import packed, read_chunks, read_frame
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

LABELS = "features.lbl_customers"
SPINE = "features.ftr_as_of_dates"
CUSTOMERS = "features.ftr_customers"
SUBSCRIPTIONS = "features.ftr_subscriptions"
SPINES = {CUSTOMERS: SPINE, SUBSCRIPTIONS: "features.ftr_subscription_dates"}
"""Where the as-of dates of features stand that have windows."""
ROWS_PER_CHUNK = 25_000
RISK_BANDS = "seeds.churn_risk_bands"
SPINE_COLUMNS = (
    "as_of_date",
    "label_end_date",
    "is_today",
    "is_label_complete",
    "history_days",
    "horizon_days",
)


def as_of_dates(settings: Settings, source: str, spine: str = SPINE) -> pd.DataFrame:
    """Return the as-of dates for which the shop has features, by default of customers.

    Returns:
        Columns `as_of_date`, `label_end_date`, `is_today`, `is_label_complete`, `history_days`
        and `horizon_days`, oldest first; no rows for a shop without orders.
    """
    return read_frame(
        settings,
        f"select {', '.join(SPINE_COLUMNS)} from {spine} "  # noqa: S608
        "where source_name = $1 order by as_of_date",
        (source,),
    )


def feature_dates(settings: Settings, contract: FeatureContract, source: str) -> pd.DataFrame:
    """Return the as-of dates of a feature relation: `as_of_dates`, or for features that have no
    windows, just their `as_of_date`, oldest first."""
    if contract.relation in SPINES:
        return as_of_dates(settings, source, SPINES[contract.relation])
    return read_frame(
        settings,
        f"select distinct as_of_date from {contract.relation} "  # noqa: S608
        "where source_name = $1 order by as_of_date",
        (source,),
    )


def risk_bands(settings: Settings) -> RiskBands:
    """Return the cuts of churn risk that SQL uses too."""
    cuts = read_frame(
        settings,
        "select risk_band, cast(min_probability as float8) as min_probability, "  # noqa: S608
        "cast(max_probability as float8) as max_probability "
        f"from {RISK_BANDS} order by min_probability",
    )
    return RiskBands(cuts)


def sources(settings: Settings, relation: str = CUSTOMERS) -> list[str]:
    """Return the shops that have features, by name; by default of customers with orders."""
    if relation == CUSTOMERS:
        query = (
            f"select distinct source_name from {SPINE} as s where exists "  # noqa: S608
            f"(select from {CUSTOMERS} as c where c.source_name = s.source_name) order by 1"
        )
    else:
        if not is_there(settings, relation):
            return []
        query = f"select distinct source_name from {relation} order by 1"  # noqa: S608
    return cast("list[str]", read_frame(settings, query)[SOURCE_NAME].tolist())


def is_there(settings: Settings, relation: str) -> bool:
    """Whether a build has made the features; one that selected others has not."""
    found = read_frame(settings, "select to_regclass($1) is not null as is_there", (relation,))
    return bool(found["is_there"].iloc[0])


def scoring_frame(
    settings: Settings, contract: FeatureContract, source: str, as_of: date
) -> pd.DataFrame:
    """Return one row per entity of the shop as of the date: keys and features, by key.

    Raises:
        ClienteleError: there are no features of that date.
    """
    frame = read_frame(
        settings,
        f"select {_columns(contract, 'f')} from {contract.relation} as f "  # noqa: S608
        f"where f.source_name = $1 and f.as_of_date = $2 order by {_order(contract, 'f')}",
        (source, as_of),
    )
    if frame.empty:
        raise ClienteleError(_no_features(source, as_of))
    return checked(frame, contract)


def scoring_chunks(
    settings: Settings,
    contract: FeatureContract,
    source: str,
    as_of: date,
    rows: int = ROWS_PER_CHUNK,
) -> Iterator[pd.DataFrame]:
    """Yield what `scoring_frame` returns in frames of so many rows, in no order.

    Memory stays bounded by a chunk, and Postgres sorts nothing. What is the same in every row is
    not read.

    Raises:
        ClienteleError: there are no features of that date.
    """
    is_empty = True
    same: dict[str, Any] = {SOURCE_NAME: source, AS_OF_DATE: pd.Timestamp(as_of).as_unit("us")}
    numeric = contract.names("numeric")
    others = [name for name in (*contract.keys, *contract.feature_names) if name not in numeric]
    fields = [f"f.{name}" for name in others if name not in same]
    if numeric:
        fields.append(packed([f"f.{name}" for name in numeric]))
    for frame in read_chunks(
        settings,
        f"select {', '.join(fields)} "  # noqa: S608
        f"from {contract.relation} as f where f.source_name = $1 and f.as_of_date = $2",
        (source, as_of),
        rows,
        numeric,
    ):
        is_empty = False
        for place, key in enumerate(contract.keys):
            if key in same:
                frame.insert(place, key, same[key])
        yield checked(frame, contract, same)
    if is_empty:
        raise ClienteleError(_no_features(source, as_of))


def scoring_digest(settings: Settings, contract: FeatureContract, source: str, as_of: date) -> str:
    """Return a digest of what `scoring_chunks` yields, which Postgres works out: nothing is read.

    It tells contents of one database apart. Another major version of Postgres may hash otherwise.

    Raises:
        ClienteleError: there are no features of that date.
    """
    names = [*contract.keys, *contract.feature_names]
    fields = ", ".join(f"f.{name}" for name in names)
    found = read_frame(
        settings,
        "select count(*) as row_count, "  # noqa: S608
        f"cast(sum(hash_record_extended(row({fields}), 0)) as text) as hash_sum "
        f"from {contract.relation} as f where f.source_name = $1 and f.as_of_date = $2",
        (source, as_of),
    ).iloc[0]
    if not found["row_count"]:
        raise ClienteleError(_no_features(source, as_of))
    return rows_digest(int(found["hash_sum"]), int(found["row_count"]), names)


def training_frame(  # noqa: PLR0913 (a label can stand anywhere)
    settings: Settings,
    contract: FeatureContract,
    source: str,
    dates: Sequence[date],
    label: str,
    labels: str = LABELS,
    entity: str = CUSTOMER_ID,
    has_window: bool = True,
    share: float = 1.0,
) -> pd.DataFrame:
    """Return features and label of everyone as of each date whose window is over.

    Args:
        settings: where the features are.
        contract: which features.
        source: the shop.
        dates: as-of dates.
        label: column of the outcome.
        labels: relation that holds it, one row per entity and as-of date.
        entity: key that both relations share, beside the as-of date.
        has_window: whether the labels have a `label_end_date`.
        share: of the entities, above 0 to 1; drawn by a hash of their ids, so that the same are
            drawn every time, each with all of their dates.

    Returns:
        Keys, features, `label` and `label_end_date`, ordered by date and entity. A date whose
        window is open brings no rows: its outcome is not known.
    """
    end = "l.label_end_date, " if has_window else ""
    frame = read_frame(
        settings,
        f"select {_columns(contract, 'f')}, {end}l.{label} "  # noqa: S608
        f"from {contract.relation} as f inner join {labels} as l "
        f"on l.{entity} = f.{entity} and l.as_of_date = f.as_of_date "
        "where f.source_name = $1 and f.as_of_date = any($2) "
        f"and ($3 >= 1 or {hashed_share('f.' + entity)} < $3) "
        f"order by f.as_of_date, f.{entity}",
        (source, list(dates), share),
    )
    return checked(frame, contract)


def label_count(settings: Settings, source: str, dates: Sequence[date], labels: str) -> int:
    """Return how many rows of a shop have a known outcome on these dates."""
    frame = read_frame(
        settings,
        f"select count(*) as row_count from {labels} "  # noqa: S608
        "where source_name = $1 and as_of_date = any($2)",
        (source, list(dates)),
    )
    return int(frame["row_count"].iloc[0])


def hashed_share(column: str) -> str:
    """SQL of a number from 0 to 1 that a text always has: its first 32 bits of MD5."""
    bits = f"cast(cast('x' || substr(md5({column}), 1, 8) as bit(32)) as bigint)"
    return f"{bits} / cast({2**32} as double precision)"


def checked(
    frame: pd.DataFrame, contract: FeatureContract, same: Container[str] = ()
) -> pd.DataFrame:
    """Check that a frame holds what its contract says; numeric features become float64.

    Args:
        frame: keys and features.
        contract: which these are.
        same: keys that are the same in all rows, so that the others tell rows apart.

    Raises:
        ClienteleError: a feature is missing, infinite, or a key stands twice.
    """
    missing = [name for name in contract.feature_names if name not in frame]
    if missing:
        raise ClienteleError(
            f"{contract.relation} lacks {', '.join(missing)}: run 'clientele build'"
        )
    numeric = contract.names("numeric")
    others = [name for name in numeric if frame[name].dtype != np.float64]
    frame = frame.astype(dict.fromkeys(others, "float64")) if others else frame
    if frame.duplicated([key for key in contract.keys if key not in same]).any():
        raise ClienteleError(f"{contract.relation} holds a customer twice on one as-of date")
    if np.isinf(frame[numeric].to_numpy()).any():
        infinite = [name for name in numeric if np.isinf(frame[name].to_numpy()).any()]
        raise ClienteleError(f"{contract.relation} holds infinite values in {', '.join(infinite)}")
    return frame


def _columns(contract: FeatureContract, alias: str) -> str:
    """Keys and features; numbers as double precision: several times as fast to read."""
    numeric = set(contract.names("numeric"))
    return ", ".join(
        f"cast({alias}.{name} as double precision) as {name}"
        if name in numeric
        else f"{alias}.{name}"
        for name in (*contract.keys, *contract.feature_names)
    )


def _order(contract: FeatureContract, alias: str) -> str:
    keys = [key for key in contract.keys if key not in (AS_OF_DATE, SOURCE_NAME)]
    return ", ".join(f"{alias}.{key}" for key in keys)


def _no_features(source: str, as_of: date) -> str:
    return (
        f"no features of {source} as of {as_of}: run 'clientele build --add-as-of-date {as_of}', "
        "or add the date to the var extra_as_of_dates for good"
    )
