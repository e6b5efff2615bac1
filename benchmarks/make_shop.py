"""`python -m benchmarks.make_shop DIR --lines 10000000`: a shop of any size, and its last days.

The sample's generator with as many customers as give that many order lines, without dirty rows:

    DIR/history/             customers, products, orders, order_items, returns up to the last days
    DIR/days/2025-06-30/     what one day adds, under the same names
    DIR/shop.json            what was asked for and what came out

A day is cut short once it has `--day-lines` lines (by default one 700th of all): the shop grows,
so that its last days are busier than the average. Two ways to grow ten times:

    --lines 10000000                                   ten times the customers, a day ten times as big
    --lines 10000000 --days 7000 --day-lines 1428      ten times the past, a day of the same size
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

from benchmarks.day_files import (
    DAYS,
    HISTORY,
    Calendar,
    Files,
    append,
    changed_products,
    cut_short,
    split,
)
from ingest.sample import SampleConfig
from ingest.sample.columns import ORDER_ITEMS, ORDERS, PRODUCTS
from ingest.sample.shop import Block, blocks

END_DATE = date(2025, 6, 30)
ORDINARY_DAYS = 700
PRODUCT_COUNT = 2000
DAY_COUNT = 5
# Enough to know the lines per customer to one percent.
MEASURED_CUSTOMERS = 20_000
BLOCK = 10_000
MARKER = "shop.json"


def main(arguments: list[str] | None = None) -> int:
    """Make the shop that the command line asks for."""
    options = parser().parse_args(arguments)
    made = make_shop(
        options.folder,
        options.lines,
        days=options.days,
        day_count=options.day_count,
        day_lines=options.day_lines,
        products=options.products,
        changed=options.changed_products,
        seed=options.seed,
        dirt=options.dirt,
    )
    sys.stdout.write(described(made) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    text, form = __doc__ or "", argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser("make_shop", description=text, formatter_class=form)
    options.add_argument("folder", type=Path, help="folder to write, replaced if it holds a shop")
    options.add_argument("--lines", type=int, required=True, help="order lines, about")
    options.add_argument("--days", type=int, default=ORDINARY_DAYS, help="days of the shop's life")
    options.add_argument("--day-count", type=int, default=DAY_COUNT, help="last days split off")
    options.add_argument("--day-lines", type=int, help="lines of a day; 0 leaves days whole")
    options.add_argument("--products", type=int, default=PRODUCT_COUNT)
    options.add_argument("--changed-products", type=int, default=20, help="new prices each day")
    options.add_argument("--seed", type=int, default=SampleConfig.model_fields["seed"].default)
    options.add_argument("--dirt", type=int, default=0, help="rows of each dirty kind per block")
    return options


def make_shop(
    folder: Path,
    lines: int,
    *,
    days: int = ORDINARY_DAYS,
    day_count: int = DAY_COUNT,
    day_lines: int | None = None,
    products: int = PRODUCT_COUNT,
    changed: int = 20,
    seed: int = 20230101,
    dirt: int = 0,
) -> dict[str, Any]:
    """Write a shop of about `lines` order lines; return what came out. Memory holds one block.

    A folder that holds the same shop already is left alone.

    Raises:
        FileExistsError: the folder holds something else.
        ValidationError: the numbers make no shop.
    """
    config = config_for(lines, days, products, seed, dirt)
    most = round(lines / ORDINARY_DAYS) if day_lines is None else day_lines
    asked = {
        "fingerprint": config.fingerprint,
        "days": days,
        "day_count": day_count,
        "day_lines": most,
        "changed_products": changed,
    }
    known = written(folder)
    if known and {name: known.get(name) for name in asked} == asked:
        return known
    _make_room(folder, known)
    start = time.perf_counter()
    counts = _write(folder, config, Calendar(config.end_date, day_count), most, changed)
    seconds = round(time.perf_counter() - start, 2)
    made = asked | {"customers": config.customers, "seconds": seconds, **counts}
    made["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    (folder / MARKER).write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    return made


def config_for(
    lines: int, days: int = ORDINARY_DAYS, products: int = PRODUCT_COUNT, seed: int = 0, dirt: int = 0
) -> SampleConfig:
    """The config whose shop has about `lines` order lines, by the lines of its first customers."""
    few = max(1, min(MEASURED_CUSTOMERS, lines))
    trial = SampleConfig(
        seed=seed,
        customers=few,
        products=products,
        start_date=END_DATE - timedelta(days=days - 1),
        end_date=END_DATE,
        dirty_per_kind=dirt,
        customers_per_block=BLOCK,
    )
    found = sum(block.totals.lines for block in blocks(trial))
    customers = max(1, round(lines * few / found))
    return SampleConfig.model_validate(trial.model_dump() | {"customers": customers})


def written(folder: Path) -> dict[str, Any] | None:
    """What the complete shop in a folder says of itself, None where there is none."""
    try:
        return dict(json.loads((folder / MARKER).read_text("utf-8")))
    except (OSError, ValueError):
        return None


def described(made: dict[str, Any]) -> str:
    """What came out, in a few lines."""
    lines = made["lines"]
    rate = lines / made["seconds"]
    return (
        f"{lines:,} lines of {made['orders']:,} orders of {made['customers']:,} customers "
        f"in {made['days']} days ({lines / made['customers']:.2f} lines a customer)\n"
        f"last {made['day_count']} days: "
        f"{', '.join(f'{day} {count:,} lines' for day, count in made['lines_by_day'].items())}\n"
        f"{made['seconds']:.1f} s, {rate:,.0f} lines a second, {made['peak_memory_mb']} MB"
    )


def _make_room(folder: Path, known: dict[str, Any] | None) -> None:
    if known is None and folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty and holds no shop of make_shop")
    shutil.rmtree(folder, ignore_errors=True)


def _write(
    folder: Path, config: SampleConfig, calendar: Calendar, most_lines: int, changed: int
) -> dict[str, Any]:
    """Write all exports; only the last days are held until the end."""
    counts: Counter[str] = Counter()
    kept: dict[str, list[Files]] = {day: [] for day in calendar.dates}
    catalogue = None
    for block in blocks(config):
        catalogue = block.files.get(PRODUCTS, catalogue)
        _split_block(folder, block, calendar, kept, counts)
    days = {day: _joined(parts) for day, parts in kept.items()}
    days = cut_short(days, most_lines) if most_lines else days
    by_day = {}
    for number, (day, files) in enumerate(days.items()):
        files[PRODUCTS] = changed_products(catalogue, changed, number)
        append(folder / DAYS / day, files)
        counts.update({ORDERS: len(files[ORDERS]), ORDER_ITEMS: len(files[ORDER_ITEMS])})
        by_day[day] = len(files[ORDER_ITEMS])
    return {"lines": counts[ORDER_ITEMS], "orders": counts[ORDERS], "lines_by_day": by_day}


def _split_block(
    folder: Path,
    block: Block,
    calendar: Calendar,
    kept: dict[str, list[Files]],
    counts: Counter[str],
) -> None:
    for day, files in split(block.files, calendar):
        if day is None:
            append(folder / HISTORY, files)
            counts.update({name: len(files.get(name, ())) for name in (ORDERS, ORDER_ITEMS)})
        elif files:
            kept[day].append(files)


def _joined(parts: list[Files]) -> Files:
    import pandas as pd  # noqa: PLC0415

    names = dict.fromkeys(name for part in parts for name in part)
    return {name: pd.concat([p[name] for p in parts], ignore_index=True) for name in names}


if __name__ == "__main__":
    sys.exit(main())
