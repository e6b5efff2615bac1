"""Feature frames of a shop as of given dates. The only module of `ml` that reads the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import pandas as pd

from ml.columns import AS_OF_DATE, CUSTOMER_ID, SOURCE_NAME
from ml.feature_contract import FeatureContract
from warehouse.bulk import read_frame
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

LABELS = "features.lbl_customers"
SPINE = "features.ftr_as_of_dates"
CUSTOMERS = "features.ftr_customers"
SPINE_COLUMNS = (
    "as_of_date",
    "label_end_date",
    "is_today",
    "is_label_complete",
    "history_days",
    "horizon_days",
)


def as_of_dates(settings: Settings, source: str) -> pd.DataFrame:
    """Return the as-of dates for which the shop has features.

    Returns:
        Columns `as_of_date`, `label_end_date`, `is_today`, `is_label_complete`, `history_days`
        and `horizon_days`, oldest first; no rows for a shop without orders.
    """
    return read_frame(
        settings,
        f"select {', '.join(SPINE_COLUMNS)} from {SPINE} "  # noqa: S608
        "where source_name = $1 order by as_of_date",
        (source,),
    )


def sources(settings: Settings) -> list[str]:
    """Return the shops that have orders of known customers, by name."""
    frame = read_frame(
        settings,
        f"select distinct source_name from {SPINE} as s where exists "  # noqa: S608
        f"(select from {CUSTOMERS} as c where c.source_name = s.source_name) order by 1",
    )
    return cast("list[str]", frame[SOURCE_NAME].tolist())


def scoring_frame(
    settings: Settings, contract: FeatureContract, source: str, as_of: date
) -> pd.DataFrame:
    """Return one row per customer of the shop as of the date: keys and features, by customer.

    Raises:
        ClienteleError: there are no features of that date.
    """
    frame = read_frame(
        settings,
        f"select {_columns(contract, 'f')} from {contract.relation} as f "  # noqa: S608
        "where f.source_name = $1 and f.as_of_date = $2 order by f.customer_id",
        (source, as_of),
    )
    if frame.empty:
        raise ClienteleError(_no_features(source, as_of))
    return checked(frame, contract)


def training_frame(
    settings: Settings, contract: FeatureContract, source: str, dates: Sequence[date], label: str
) -> pd.DataFrame:
    """Return features and label of every customer as of each date whose window is over.

    Returns:
        Keys, features, `label` and `label_end_date`, ordered by date and customer. A date whose
        window is open brings no rows: its outcome is not known.
    """
    frame = read_frame(
        settings,
        f"select {_columns(contract, 'f')}, l.label_end_date, l.{label} "  # noqa: S608
        f"from {contract.relation} as f inner join {LABELS} as l "
        "on l.customer_id = f.customer_id and l.as_of_date = f.as_of_date "
        "where f.source_name = $1 and f.as_of_date = any($2) order by f.as_of_date, f.customer_id",
        (source, list(dates)),
    )
    return checked(frame, contract)


def checked(frame: pd.DataFrame, contract: FeatureContract) -> pd.DataFrame:
    """Check that a frame holds what its contract says; numeric features become float64.

    Raises:
        ClienteleError: a feature is missing, infinite, or a customer stands twice on a date.
    """
    missing = [name for name in contract.feature_names if name not in frame]
    if missing:
        raise ClienteleError(
            f"{contract.relation} lacks {', '.join(missing)}: run 'clientele build'"
        )
    numeric = contract.names("numeric")
    frame = frame.astype(dict.fromkeys(numeric, "float64"))
    if frame.duplicated([AS_OF_DATE, CUSTOMER_ID]).any():
        raise ClienteleError(f"{contract.relation} holds a customer twice on one as-of date")
    infinite = [name for name in numeric if frame[name].abs().eq(float("inf")).any()]
    if infinite:
        raise ClienteleError(f"{contract.relation} holds infinite values in {', '.join(infinite)}")
    return frame


def _columns(contract: FeatureContract, alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in (*contract.keys, *contract.feature_names))


def _no_features(source: str, as_of: date) -> str:
    return (
        f"no features of {source} as of {as_of}: run 'clientele build --add-as-of-date {as_of}', "
        "or add the date to the var extra_as_of_dates for good"
    )
