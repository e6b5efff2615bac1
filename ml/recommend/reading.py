"""What recommendations read of the features: the one module of the package that reads tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from ml.columns import AS_OF_DATE
from ml.feature_contract import FeatureContract
from ml.frames import as_of_dates, hashed_share
from warehouse.bulk import read_chunks, read_frame
from warehouse.settings import Settings

ROWS = 50_000
"""Interactions that are scored at a time: their lists hold ten times as many texts."""
INTERACTIONS = (
    "customer_id, product_id, interaction_date, country, order_count, unit_count, "
    "cast(net_revenue_amount as double precision) as net_revenue_amount, returned_unit_count"
)
PRODUCTS = "product_id, product_name, category, is_product, exclusion_reason"


def today(settings: Settings, contract: FeatureContract, source: str) -> date | None:
    """The shop's today, which is not known yet; None for a shop without purchases."""
    dates = as_of_dates(settings, source)
    if not dates.empty:
        newest: date = dates[AS_OF_DATE].iloc[-1].date()
        return newest
    frame = read_frame(
        settings,
        f"select max(interaction_date) as newest from {contract.relation} where source_name = $1",  # noqa: S608
        (source,),
    )
    newest_day = frame["newest"].iloc[0]
    return None if pd.isna(newest_day) else newest_day.date() + timedelta(days=1)


def row_count(settings: Settings, contract: FeatureContract, source: str) -> int:
    """Rows of interactions of a shop."""
    frame = read_frame(
        settings,
        f"select count(*) as row_count from {contract.relation} where source_name = $1",  # noqa: S608
        (source,),
    )
    return int(frame["row_count"].iloc[0])


def interactions(
    settings: Settings, contract: FeatureContract, source: str, before: date, share: float
) -> pd.DataFrame:
    """Interactions strictly before a day of a share of the customers, each with all of theirs."""
    return read_frame(
        settings,
        f"select {INTERACTIONS} from {contract.relation} "  # noqa: S608
        "where source_name = $1 and interaction_date < $2 "
        f"and ($3 >= 1 or {hashed_share('customer_id')} < $3) "
        "order by customer_id, product_id, interaction_date",
        (source, before, share),
    )


def products(settings: Settings, contract: FeatureContract, source: str) -> pd.DataFrame:
    """Every product of a shop with its words and whether it may be recommended, by id."""
    relation = f"{contract.relation.rpartition('.')[0]}.ftr_products"
    return read_frame(
        settings,
        f"select {PRODUCTS} from {relation} where source_name = $1 order by product_id",  # noqa: S608
        (source,),
    )


def customers(
    settings: Settings, contract: FeatureContract, source: str, before: date, rows: int = ROWS
) -> Iterator[pd.DataFrame]:
    """Yield the interactions strictly before a day, in frames of whole customers in their order.

    A frame has about so many rows: the last customer of what was read waits for the rest.
    """
    query = (
        f"select {INTERACTIONS} from {contract.relation} "  # noqa: S608
        "where source_name = $1 and interaction_date < $2 "
        "order by customer_id, product_id, interaction_date"
    )
    waiting: list[pd.DataFrame] = []
    for chunk in read_chunks(settings, query, (source, before), rows):
        is_last = chunk["customer_id"] == chunk["customer_id"].iloc[-1]
        if not is_last.all():
            yield pd.concat([*waiting, chunk[~is_last]], ignore_index=True)
            waiting = []
        waiting.append(chunk[is_last])
    if waiting:
        yield pd.concat(waiting, ignore_index=True)
