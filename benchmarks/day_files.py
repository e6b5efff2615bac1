"""A shop's exports as they would have come: one big file of the past, then one folder a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from ingest.sample.columns import CUSTOMERS, ORDER_ITEMS, ORDERS, PRODUCTS, RETURNS
from ingest.sample.write import QUOTED, write_frame

HISTORY, DAYS = "history", "days"
# The column that says on which day a row was exported. Lines go with their order.
DATED = {CUSTOMERS: "signed_up_at", ORDERS: "ordered_at", RETURNS: "returned_at"}
PRICE_RISE = 1.01

Files = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Calendar:
    """The last `days` days up to `end_date`, which are exported one by one."""

    end_date: date
    days: int

    @property
    def dates(self) -> list[str]:
        """The days in ISO form, oldest first."""
        first = self.end_date - timedelta(days=self.days - 1)
        return [(first + timedelta(days=at)).isoformat() for at in range(self.days)]


def split(files: Files, calendar: Calendar) -> Iterator[tuple[str | None, Files]]:
    """Yield the rows of the past (under None), then those of each day. No row is lost."""
    dates = {name: files[name][column].str[:10] for name, column in DATED.items() if name in files}
    if ORDERS in dates:
        dates[ORDER_ITEMS] = _dates_of_lines(files, dates[ORDERS])
    first = calendar.dates[0] if calendar.days else "9999"
    past = {name: frame[dates[name] < first] for name, frame in files.items() if name in dates}
    yield None, past | {name: frame for name, frame in files.items() if name not in dates}
    if dates:
        for day in calendar.dates:
            yield day, {name: files[name][found == day] for name, found in dates.items()}


def _dates_of_lines(files: Files, order_dates: pd.Series[str]) -> pd.Series[str]:
    """The day of each line's order; lines lie in the order of their orders."""
    lines = files[ORDER_ITEMS]
    row = pd.Index(files[ORDERS]["order_id"]).get_indexer(pd.Index(lines["order_id"]))
    return order_dates.take(row).set_axis(lines.index)


def joined(parts: list[Files]) -> Files:
    """One day's rows out of all blocks."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in names}


def append(folder: Path, files: Files) -> None:
    """Append rows to the exports in a folder; what has no rows makes no file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in files.items():
        if len(frame):
            path = folder / name
            with path.open("ab") as file:
                write_frame(file, frame, path.stat().st_size == 0, name not in QUOTED)


def cut_short(days: dict[str, Files], most_lines: int) -> dict[str, Files]:
    """End each day once it has `most_lines` lines: later orders of that day were never placed.

    Returns of orders that were never placed go too. Who signed up stays, without an order.
    """
    dropped: set[str] = set()
    cut = {}
    for day, files in days.items():
        orders = files[ORDERS].sort_values(["ordered_at", "order_id"], kind="stable")
        lines = files[ORDER_ITEMS]["order_id"].value_counts()
        running = orders["order_id"].map(lines).to_numpy().cumsum()
        late = orders["order_id"][running > most_lines]
        dropped.update(late)
        cut[day] = {name: _without(frame, name, dropped) for name, frame in files.items()}
    return cut


def _without(frame: pd.DataFrame, name: str, dropped: set[str]) -> pd.DataFrame:
    return frame if name in (CUSTOMERS, PRODUCTS) else frame[~frame["order_id"].isin(dropped)]


def changed_products(catalogue: pd.DataFrame, count: int, day: int) -> pd.DataFrame:
    """The rows of `count` products that cost one percent more from day number `day` on."""
    chosen = (np.arange(count) + day * count) % len(catalogue)
    rows = catalogue.iloc[chosen].reset_index(drop=True)
    price = rows["list_price"].astype(float) * PRICE_RISE
    return rows.assign(list_price=price.map("{:.2f}".format).astype("str"))
