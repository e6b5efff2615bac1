"""`python -m benchmarks.make_shop DIR --lines 10000000`: a shop of any size, and its last days.

The sample's generator with as many customers as give that many order lines, without dirty rows:

    DIR/history/             customers, products, orders, order_items, returns up to the last days
    DIR/days/2025-06-30/     what one day adds, under the same names
    DIR/shop.json            what was asked for and what came out

Busy days are cut short: a day ends once it has its share of the lines (one 700th of a shop of 700
days). So there are two ways to grow ten times:

    --lines 10000000                ten times the customers, and a day ten times as big
    --lines 10000000 --days 7000    ten times the past, and a day of the same size
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from benchmarks.day_files import (
    DAYS,
    HISTORY,
    Calendar,
    Files,
    append,
    changed_products,
    cut_short,
    joined,
    split,
)
from ingest.sample import SampleConfig
from ingest.sample.columns import ORDER_ITEMS, ORDERS, PRODUCTS
from ingest.sample.config import MIN_DAYS
from ingest.sample.shop import blocks

END_DATE = date(2025, 6, 30)
# Enough to know the lines per customer to one percent.
MEASURED_CUSTOMERS = 20_000
# Customers of a block in a shop of 700 days: 160,000 lines. In an older shop each has more.
BLOCK, ORDINARY_DAYS = 10_000, 700
MARKER = "shop.json"


class Wanted(BaseModel):
    """A shop to make. `day_lines` is where a day is cut short: None is its share, 0 nowhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: int = Field(ge=1)
    days: int = Field(default=ORDINARY_DAYS, gt=MIN_DAYS)
    split_days: int = Field(default=5, ge=0)
    day_lines: int | None = Field(default=None, ge=0)
    products: int = Field(default=2000, ge=20, le=9_999)
    changed_products: int = Field(default=20, ge=0)
    seed: int = 20230101
    dirt: int = Field(default=0, ge=0, le=20)

    @property
    def most_day_lines(self) -> int:
        """Lines of a split day at most; 0 for no limit."""
        return round(self.lines / self.days) if self.day_lines is None else self.day_lines


def main(arguments: list[str] | None = None) -> int:
    """Make the shop that the command line asks for."""
    given = vars(parser().parse_args(arguments))
    folder = given.pop("folder")
    try:
        made = make_shop(folder, Wanted.model_validate(given))
    except (ValidationError, FileExistsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(described(made) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line; defaults are those of `Wanted`."""
    text, form = __doc__ or "", argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser("make_shop", description=text, formatter_class=form)
    options.add_argument("folder", type=Path, help="folder to write, replaced if it holds a shop")
    for name, explanation in {
        "lines": "order lines, about",
        "days": "days of the shop's life, the last is 30 June 2025",
        "split_days": "last days that are split off",
        "day_lines": "lines after which a split day ends; 0 leaves days whole; default: its share",
        "products": "products in the catalogue",
        "changed_products": "products whose price changes on each split day",
        "seed": "another one makes another shop",
        "dirt": "rows of each dirty kind in each block of customers",
    }.items():
        field = Wanted.model_fields[name]
        options.add_argument(
            f"--{name.replace('_', '-')}",
            type=int,
            required=field.is_required(),
            default=None if field.is_required() else field.default,
            help=explanation,
        )
    return options


def make_shop(folder: Path, wanted: Wanted) -> dict[str, Any]:
    """Write a shop; return what came out. Memory holds one block and the split days.

    A folder that holds the same shop already is left alone.

    Raises:
        FileExistsError: the folder holds something else.
    """
    config = config_for(wanted)
    asked = wanted.model_dump() | {"fingerprint": config.fingerprint}
    known = written(folder)
    if known and known["asked"] == asked:
        return known
    if known is None and folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty and holds no shop of make_shop")
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    counts = _write(folder, config, wanted)
    made = {
        "asked": asked,
        "customers": config.customers,
        **counts,
        "seconds": round(time.perf_counter() - start, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    (folder / MARKER).write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    return made


def config_for(wanted: Wanted) -> SampleConfig:
    """The sample config of about so many lines, by those of the shop's first customers."""
    few = min(MEASURED_CUSTOMERS, wanted.lines)
    trial = SampleConfig(
        seed=wanted.seed,
        customers=few,
        products=wanted.products,
        start_date=END_DATE - timedelta(days=wanted.days - 1),
        end_date=END_DATE,
        dirty_per_kind=wanted.dirt,
        customers_per_block=max(100, min(BLOCK, BLOCK * ORDINARY_DAYS // wanted.days)),
    )
    found = sum(block.totals.lines for block in blocks(trial))
    customers = max(1, round(wanted.lines * few / found))
    return SampleConfig.model_validate(trial.model_dump() | {"customers": customers})


def written(folder: Path) -> dict[str, Any] | None:
    """What the complete shop in a folder says of itself, None where there is none."""
    try:
        return dict(json.loads((folder / MARKER).read_text("utf-8")))
    except (OSError, ValueError):
        return None


def described(made: dict[str, Any]) -> str:
    """What came out, in a few lines."""
    lines, days = made["lines"], made["lines_by_day"]
    return (
        f"{lines:,} lines of {made['orders']:,} orders of {made['customers']:,} customers "
        f"in {made['asked']['days']} days ({lines / made['customers']:.2f} lines a customer)\n"
        f"split off: {', '.join(f'{day} ({count:,} lines)' for day, count in days.items())}\n"
        f"{made['seconds']:.1f} s, {lines / made['seconds']:,.0f} lines a second, "
        f"{made['peak_memory_mb']} MB"
    )


def _write(folder: Path, config: SampleConfig, wanted: Wanted) -> dict[str, Any]:
    """Write all exports; only the split days are held until the end."""
    calendar = Calendar(config.end_date, wanted.split_days)
    counts: Counter[str] = Counter()
    held: dict[str, list[Files]] = {day: [] for day in calendar.dates}
    catalogue = pd.DataFrame()
    for block in blocks(config):
        catalogue = block.files.get(PRODUCTS, catalogue)
        for day, files in split(block.files, calendar):
            if day is None:
                append(folder / HISTORY, files)
                counts.update(_sizes(files))
            else:
                held[day].append(files)
    days = {day: joined(parts) for day, parts in held.items()}
    if wanted.most_day_lines:
        days = cut_short(days, wanted.most_day_lines)
    for number, (day, files) in enumerate(days.items()):
        prices = changed_products(catalogue, wanted.changed_products, number)
        append(folder / DAYS / day, files | {PRODUCTS: prices})
        counts.update(_sizes(files))
    by_day = {day: len(files[ORDER_ITEMS]) for day, files in days.items()}
    return {"lines": counts[ORDER_ITEMS], "orders": counts[ORDERS], "lines_by_day": by_day}


def _sizes(files: Files) -> dict[str, int]:
    return {name: len(files[name]) for name in (ORDERS, ORDER_ITEMS) if name in files}


if __name__ == "__main__":
    sys.exit(main())
