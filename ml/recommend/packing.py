"""A list of a customer as one row: its entries stand in text columns, one after the other."""

from __future__ import annotations

import pandas as pd

SEPARATOR = "\x1f"
"""ASCII's unit separator. dbt takes the columns apart by it."""
PACKED = {
    "product_ids": "product_id",
    "product_scores": "score",
    "candidate_sources": "candidate_source",
    "product_reasons": "reason",
    "expected_dates": "expected_date",
}
COLUMNS = ("customer_id", "list_name", "product_count", *PACKED, "empty_reason")


def pack(lists: pd.DataFrame) -> pd.DataFrame:
    """One row per customer and list of `RecommendModel.lists`.

    Returns:
        `COLUMNS`: `product_count` entries in each packed column; of an empty list 0, nulls and
        `empty_reason`.
    """
    keys = ["customer_id", "list_name"]
    texts = lists[keys].assign(**{name: _texts(lists[column]) for name, column in PACKED.items()})
    is_there = lists["product_id"].notna()
    groups = texts[is_there].groupby(keys, sort=True)
    packed = groups[list(PACKED)].agg(SEPARATOR.join)
    packed.insert(0, "product_count", groups.size())
    empty = lists.loc[~is_there, [*keys, "reason"]].rename(columns={"reason": "empty_reason"})
    found = pd.concat([packed.reset_index(), empty.assign(product_count=0)], ignore_index=True)
    found = found.astype({"product_count": "int64"}).sort_values(keys, ignore_index=True)
    return found.reindex(columns=list(COLUMNS))


def _texts(values: pd.Series) -> pd.Series:
    """Texts without the separator; numbers with six digits, null as nothing."""
    if pd.api.types.is_float_dtype(values):
        return values.map(lambda value: "" if pd.isna(value) else f"{value:.6g}").astype(object)
    texts = values.astype(object).where(values.notna(), "").astype(str)
    return texts.str.replace(SEPARATOR, " ", regex=False).astype(object)
