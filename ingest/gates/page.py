"""One HTML page about the newest batches: what was checked, what was found, what drifts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg2.extensions import cursor as Cursor

TEMPLATE = "page.html"
NEWEST = 50
SPARK_BATCHES = 30
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 120, 28, 3

_BATCHES = """
select batch_id, source_name, table_name, source_file, row_count, state, message, finished_at
from raw.load_batches where %(source)s is null or source_name = %(source)s
order by batch_id desc limit %(newest)s
"""
_CHECKS = """
select batch_id, check_kind, check_name, column_name, severity, success, observed, threshold,
    unexpected_percent, sample_values, is_sampled
from raw.batch_checks where batch_id = any(%s) order by batch_id, check_number
"""
# Shares of single categories are many, and a new one is named by its check.
_SERIES = """
select source_name, table_name, column_name, statistic, batch_id, statistic_value
from raw.batch_statistics
where statistic <> 'category_share' and (%(source)s is null or source_name = %(source)s)
    and batch_id > %(after)s
order by batch_id
"""
_LABELS = {
    "row_count": "rows",
    "null_share": "share of {} blank",
    "invalid_share": "share of {} not of its type",
    "amount_level": "typical {}",
}

# A suite's checks have the names of their expectations.
_TITLES = {
    "rows": "has rows",
    "filled": "is filled",
    "valid": "looks like its type",
    "row_count": "drift: number of rows",
    "null_share": "drift: share of blanks",
    "invalid_share": "drift: share not of its type",
    "amount_level": "drift: level",
    "new_category": "drift: new categories",
}

Key = tuple[str, str, str, str]
"""Shop, table, column and statistic."""


@dataclass(frozen=True)
class CheckView:
    """One check of a batch, as raw.batch_checks has it."""

    kind: str
    name: str
    column: str
    severity: str
    success: bool | None
    observed: str
    threshold: str
    percent: float | None
    sample: str | None
    is_sampled: bool

    @property
    def is_broken(self) -> bool:
        """Tell whether the check was judged and not met."""
        return self.success is False

    @property
    def title(self) -> str:
        """What is checked, for people."""
        return _TITLES.get(self.name, self.name)

    @property
    def verdict(self) -> str:
        """One word for it: met, warn, stop or unjudged."""
        if self.success is None:
            return "unjudged"
        return "met" if self.success else self.severity


@dataclass(frozen=True)
class Spark:
    """A small line of one number over the batches, ending with the batch it is shown at."""

    label: str
    points: str
    """Of an SVG polyline."""
    x: float
    y: float
    """Where it ends."""
    now: str
    is_odd: bool


@dataclass(frozen=True)
class BatchView:
    """One attempt to load a file."""

    batch_id: int
    source: str
    table: str
    file: str
    row_count: int | None
    state: str
    message: str | None
    finished_at: datetime
    checks: tuple[CheckView, ...] = ()
    sparks: tuple[Spark, ...] = ()

    @property
    def broken(self) -> list[CheckView]:
        """The checks that were not met, those that refuse the batch first."""
        return sorted((c for c in self.checks if c.is_broken), key=lambda c: c.severity != "stop")

    @property
    def others(self) -> list[CheckView]:
        """The checks that were met, then those without anything to judge by."""
        return sorted((c for c in self.checks if not c.is_broken), key=lambda c: c.success is None)

    @property
    def met_count(self) -> int:
        """How many checks were met."""
        return sum(check.success is True for check in self.checks)

    @property
    def unjudged_count(self) -> int:
        """How many checks had nothing to judge by."""
        return sum(check.success is None for check in self.checks)

    @property
    def verdict(self) -> str:
        """One word for the batch: fine, warned or refused."""
        if self.state == "refused":
            return "refused"
        return "warned" if self.broken else "fine"


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    source: str | None
    """Only this shop."""
    made_at: datetime
    batches: list[BatchView] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        """Return how many batches came out so."""
        return sum(batch.verdict == verdict for batch in self.batches)


def read_page(
    cursor: Cursor, made_at: datetime, source: str | None = None, newest: int = NEWEST
) -> Page:
    """Return the newest batches with their checks, newest first.

    Args:
        cursor: on a database with the landing tables.
        made_at: the time that the page names, UTC.
        source: only this shop, as the ledger names it.
        newest: so many batches.
    """
    cursor.execute(_BATCHES, {"source": source, "newest": newest})
    found = [BatchView(*row) for row in cursor.fetchall()]
    cursor.execute(_CHECKS, ([batch.batch_id for batch in found],))
    checks: dict[int, list[CheckView]] = defaultdict(list)
    for batch_id, *values in cursor.fetchall():
        checks[batch_id].append(CheckView(*values))
    series = _read_series(cursor, source, found)
    return Page(source, made_at, [_complete(one, checks[one.batch_id], series) for one in found])


def render(page: Page) -> str:
    """Return the page as HTML that needs nothing else; every value is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        page=page, spark_width=SPARK_WIDTH, spark_height=SPARK_HEIGHT
    )


def _read_series(
    cursor: Cursor, source: str | None, batches: Sequence[BatchView]
) -> dict[Key, list[tuple[int, float]]]:
    found: dict[Key, list[tuple[int, float]]] = defaultdict(list)
    if batches:
        # Other tables' batches lie in between, so the oldest lines may be shorter than they could.
        oldest = min(batch.batch_id for batch in batches)
        cursor.execute(_SERIES, {"source": source, "after": oldest - 10 * SPARK_BATCHES})
        for shop, table, column, name, batch_id, value in cursor.fetchall():
            found[shop, table, column, name].append((batch_id, value))
    return found


def _complete(
    batch: BatchView, checks: list[CheckView], series: dict[Key, list[tuple[int, float]]]
) -> BatchView:
    drift = [check for check in checks if check.kind == "drift" and check.name in _LABELS]
    shown = [c for c in drift if c.is_broken or c.name in ("row_count", "amount_level")]
    sparks = []
    for check in shown:
        line = series[batch.source, batch.table, check.column, check.name]
        values = [value for batch_id, value in line if batch_id <= batch.batch_id]
        # A refused batch has no numbers of its own.
        if batch.state == "loaded" and len(values) > 1:
            sparks.append(_spark(check, values[-SPARK_BATCHES:]))
    return BatchView(**{**_fields(batch), "checks": tuple(checks), "sparks": tuple(sparks)})


def _fields(batch: BatchView) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in BatchView.__dataclass_fields__}


def _spark(check: CheckView, values: Sequence[float]) -> Spark:
    label = _LABELS[check.name].format(check.column)
    scaled = [math.log(value) if check.name == "row_count" else value for value in values]
    low, high = min(scaled), max(scaled)
    width, height = SPARK_WIDTH - 2 * SPARK_MARGIN, SPARK_HEIGHT - 2 * SPARK_MARGIN
    points = [
        (
            round(SPARK_MARGIN + width * at / (len(scaled) - 1), 1),
            # A line that never moves runs through the middle.
            round(
                SPARK_MARGIN + height * ((high - value) / (high - low) if high > low else 0.5), 1
            ),
        )
        for at, value in enumerate(scaled)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    now = check.observed.split("; ")[0]
    return Spark(label, line, *points[-1], now, check.is_broken)
