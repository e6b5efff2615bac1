"""Purchases as arrays: who bought what on which day, encoded against a list of products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
EPOCH = date(1970, 1, 1)
HALF_LIVES = (20.0, 90.0)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(EPOCH.toordinal() + int(number))


@dataclass(frozen=True)
class Interactions:
    """Rows in the order of customer, product and day, one per such triple.

    `customer` and `product` are positions in the two lists of ids.
    """

    customer_ids: NDArray[Any]
    product_ids: NDArray[Any]
    customer: Ints
    product: Ints
    day: Ints
    units: Floats
    revenue: Floats
    orders: Floats
    returned: Floats
    country: NDArray[Any]

    def take(self, rows: NDArray[Any]) -> Interactions:
        """The same with some of the rows; customers and products keep their positions."""
        parts = ("customer", "product", "day", "units", "revenue", "orders", "returned", "country")
        return Interactions(
            self.customer_ids,
            self.product_ids,
            **{name: getattr(self, name)[rows] for name in parts},
        )

    def before(self, day: int) -> Interactions:
        """What was known strictly before a day."""
        return self.take(self.day < day)

    def within(self, first: int, end: int) -> Interactions:
        """What happened from the first day on, before the end."""
        return self.take((self.day >= first) & (self.day < end))


def encode(frame: pd.DataFrame, product_ids: NDArray[Any]) -> Interactions:
    """Arrays of a frame of interactions; products that are not in the list are left out.

    Args:
        frame: customer_id, product_id, interaction_date, unit_count, net_revenue_amount,
            order_count, returned_unit_count and country, in any order.
        product_ids: known products, sorted.
    """
    customer, customer_ids = _codes(frame["customer_id"])
    product, known = _codes(frame["product_id"])
    product = pd.Index(product_ids).get_indexer(pd.Index(known, dtype=object))[product]
    country, countries = _codes(frame["country"])
    day = frame["interaction_date"].to_numpy("datetime64[D]").astype(np.int64)
    order = np.lexsort((day, product, customer))
    order = order[product[order] >= 0]

    def numbers(name: str) -> Floats:
        values: Floats = frame[name].to_numpy(np.float64)[order]
        return values

    return Interactions(
        customer_ids=customer_ids,
        product_ids=product_ids,
        customer=customer[order],
        product=product[order],
        day=day[order],
        units=numbers("unit_count"),
        revenue=numbers("net_revenue_amount"),
        orders=numbers("order_count"),
        returned=numbers("returned_unit_count"),
        country=countries[country[order]],
    )


def _codes(texts: pd.Series) -> tuple[Ints, NDArray[Any]]:
    """Which of the different texts, sorted and unknown ones last, each row has: a text of its own
    for each of a million rows takes 60 MB."""
    codes, different = pd.factorize(texts, sort=True, use_na_sentinel=False)
    return codes, different.to_numpy(object)


@dataclass(frozen=True)
class Pairs:
    """One entry per customer and product bought before a cut, in that order."""

    customer_count: int
    product_count: int
    cut: int
    customer: Ints
    product: Ints
    days: Floats
    first: Ints
    last: Ints
    units: Floats
    revenue: Floats
    decayed: tuple[Floats, ...]

    @property
    def keys(self) -> Ints:
        """Customer and product as one rising number."""
        return self.customer * self.product_count + self.product

    def matrix(self, values: Floats) -> sparse.csr_matrix:
        """A sparse matrix of customers by products."""
        shape = (self.customer_count, self.product_count)
        starts = np.searchsorted(self.customer, np.arange(self.customer_count + 1))
        return sparse.csr_matrix(
            (values.astype(np.float32), self.product.astype(np.int32), starts.astype(np.int32)),
            shape,
        )


def pairs_before(rows: Interactions, cut: int) -> Pairs:
    """Add up the purchases of each customer and product before a cut."""
    bought = rows.take((rows.day < cut) & (rows.orders > 0))
    keys = bought.customer * len(rows.product_ids) + bought.product
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    ends = np.append(starts[1:], len(keys)) - 1 if len(starts) else starts
    age = (cut - bought.day).astype(np.float64)

    def total(values: Floats) -> Floats:
        return np.add.reduceat(values, starts) if len(starts) else np.empty(0)

    return Pairs(
        customer_count=len(rows.customer_ids),
        product_count=len(rows.product_ids),
        cut=cut,
        customer=bought.customer[starts],
        product=bought.product[starts],
        days=total(np.ones(len(keys))),
        first=bought.day[starts],
        last=bought.day[ends],
        units=total(bought.units),
        revenue=total(bought.revenue),
        decayed=tuple(total(0.5 ** (age / half)) for half in HALF_LIVES),
    )
