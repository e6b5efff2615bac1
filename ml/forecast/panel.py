"""Daily series of one shop, side by side: every day from its first to the day before as_of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOTAL, COUNTRY, CATEGORY, PRODUCT = "total", "country", "category", "product"
CALENDAR = "calendar"
"""Level of rows that say what is known of a day, and hold no sales."""
PARTS = (COUNTRY, CATEGORY, PRODUCT)
TOTAL_KEY = "all"
REST_KEY = "rest"
WEEK = 7


@dataclass(frozen=True)
class Panel:
    """Series of a shop and the days they have in common.

    Attributes:
        first_day: the first day of the shop.
        levels: of each series, shape (series,).
        keys: of each series, shape (series,).
        values: revenue, shape (series, days); 0 where nothing was sold.
        closures: days that a person declared closed, shape (days + days to come,).
        holidays: public holidays of the shop's country, same shape.
        promotions: days of a declared promotion, same shape.
    """

    first_day: np.datetime64
    levels: tuple[str, ...]
    keys: tuple[str, ...]
    values: Floats
    closures: Flags
    holidays: Flags
    promotions: Flags

    @property
    def day_count(self) -> int:
        """Days with a history."""
        return int(self.values.shape[1])

    @property
    def weekdays(self) -> Ints:
        """0 for Monday to 6, of every day that is known, to come ones too."""
        return weekdays(self.first_day, len(self.closures))

    def day(self, index: int) -> np.datetime64:
        """The date of a day by its number."""
        return self.first_day + np.timedelta64(index, "D")

    def until(self, origin: int) -> Panel:
        """The panel as it was known before day `origin`; what is known in advance stays."""
        return replace(self, values=self.values[:, :origin])

    def rows(self, level: str) -> Ints:
        """Numbers of the series of a level."""
        return np.flatnonzero(np.array(self.levels) == level)

    def take(self, rows: Ints) -> Panel:
        """Some of the series."""
        return replace(
            self,
            levels=tuple(self.levels[row] for row in rows),
            keys=tuple(self.keys[row] for row in rows),
            values=self.values[rows],
        )

    @property
    def total(self) -> Floats:
        """Revenue of the shop by day."""
        return np.asarray(self.values[self.rows(TOTAL)[0]])


def weekdays(first_day: np.datetime64, count: int) -> Ints:
    """0 for Monday to 6, of so many days from the first."""
    numbers = first_day.astype("datetime64[D]").astype(np.int64) + np.arange(count)
    # Day 0 of the epoch was a Thursday.
    return np.asarray((numbers + 3) % WEEK)


def build_panel(frame: pd.DataFrame, end: np.datetime64, products: Sequence[str]) -> Panel:
    """Lay rows of sales out as a panel, with zeros where nothing was sold.

    Args:
        frame: rows of `ml.forecast.reading`: sales of a shop and its calendar.
        end: the first day that is not history.
        products: products that are series of their own; the others are the `rest`.

    Returns:
        The total first, then countries, categories and products by key. Rows of `end` and later
        are left out. Levels of which there is nothing are absent.
    """
    calendar = frame[frame["series_level"] == CALENDAR].sort_values("sales_date")
    days = calendar["sales_date"].to_numpy().astype("datetime64[D]")
    first, count = days[0], max(int((end - days[0]) / np.timedelta64(1, "D")), 0)
    sales = frame[frame["series_level"] != CALENDAR]
    numbers = (sales["sales_date"].to_numpy().astype("datetime64[D]") - first).astype(np.int64)
    sales = sales.assign(day_number=numbers)[(numbers >= 0) & (numbers < count)]
    names = _names(sales, products)
    values = np.zeros((len(names), count))
    position = {name: row for row, name in enumerate(names)}
    keys = zip(sales["series_level"], sales["series_key"], strict=True)
    row = np.array([position.get(key, -1) for key in keys], dtype=np.int64)
    known = row >= 0
    amounts = sales["net_revenue_amount"].to_numpy(float)[known]
    np.add.at(values, (row[known], sales["day_number"].to_numpy()[known]), amounts)
    _fill_rest(values, names)
    levels, names_only = zip(*names, strict=True)
    flags = [calendar[name].to_numpy(bool) for name in ("is_closure", "is_holiday", "is_promotion")]
    return Panel(first, levels, names_only, values, *flags)


def _names(sales: pd.DataFrame, products: Sequence[str]) -> list[tuple[str, str]]:
    names = [(TOTAL, TOTAL_KEY)]
    for level in (COUNTRY, CATEGORY):
        keys = sales.loc[sales["series_level"] == level, "series_key"].unique()
        names += [(level, key) for key in sorted(keys)]
    if products:
        names += [(PRODUCT, key) for key in sorted(products)] + [(PRODUCT, REST_KEY)]
    return names


def _fill_rest(values: Floats, names: list[tuple[str, str]]) -> None:
    """What is sold beside the products, so that they add up to the total, to the cent."""
    if names[-1] == (PRODUCT, REST_KEY):
        products = [row for row, (level, _) in enumerate(names) if level == PRODUCT][:-1]
        values[-1] = np.round(values[0] - values[products].sum(axis=0), 4)
