"""Everything a page says about one table, read step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from apps.profile.batches import read_rows
from apps.profile.catalogue import Column, Relation, read_columns, read_unique_indexes
from apps.profile.column_stats import ColumnStats, stats_of, stats_query
from apps.profile.correlations import Correlation, correlations
from apps.profile.declared import declared
from apps.profile.duplicates import Duplicates, read_duplicates
from apps.profile.missing import Missing, read_missing
from apps.profile.outliers import Spread, spread_of, spread_query
from apps.profile.personal import why_personal
from apps.profile.sample import read_sample
from warehouse.bulk import read_arrow
from warehouse.settings import Settings

ROW_COUNT = "select count(*) as n from {relation} as t"
STEPS_AFTER_COLUMNS = 3

Advance = Callable[[int, int], None]
"""Called with the number of finished steps and the number of all."""


@dataclass(frozen=True)
class ColumnProfile:
    """One column and what was found in it."""

    column: Column
    stats: ColumnStats
    personal: str | None
    """Why its values are personal; None if they are not."""
    is_shown: bool = True
    spread: Spread | None = None
    """Of numeric columns that hold a number and are shown."""

    @property
    def is_measurable(self) -> bool:
        """Whether it holds numbers that may be looked at and that mean something."""
        is_number = self.column.kind == "number" and not self.column.is_landing
        return is_number and self.is_shown and self.stats.present > 0

    @property
    def is_useless(self) -> bool:
        """Whether it always says the same; of a landing column nothing else is expected."""
        return self.stats.is_constant and not self.column.is_landing


@dataclass(frozen=True)
class Profile:
    """What there is to say about one table. Counts are of all rows, the frame is of some."""

    relation: Relation
    row_count: int
    columns: list[ColumnProfile]
    duplicates: list[Duplicates] = field(default_factory=list)
    missing: Missing = field(default_factory=lambda: Missing([], 0))
    correlations: list[Correlation] = field(default_factory=list)
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The sampled rows, without hidden and landing columns."""
    sampled: int = 0

    @property
    def is_sample(self) -> bool:
        """Whether the charts show some of the rows only."""
        return self.sampled < self.row_count

    @property
    def missing_share(self) -> float:
        """Share of all cells without a value."""
        cells = self.row_count * len(self.columns)
        return sum(found.stats.missing for found in self.columns) / cells if cells else 0.0

    @property
    def hidden(self) -> list[ColumnProfile]:
        """Columns whose values are not shown."""
        return [found for found in self.columns if not found.is_shown]

    @property
    def exposed(self) -> list[ColumnProfile]:
        """Personal columns whose values are shown, since somebody asked for them."""
        return [found for found in self.columns if found.personal and found.is_shown]

    def without_rows(self) -> Profile:
        """Return the same profile without the sampled rows, which weigh most."""
        return replace(self, frame=pd.DataFrame())


@dataclass(frozen=True)
class Options:
    """How a table is looked at."""

    most_rows: int = 100_000
    """How many rows charts and correlations are made from."""
    show_personal: bool = False
    """Show the values of personal columns too."""


def profile_relation(
    settings: Settings,
    manifest: dict[str, Any],
    relation: Relation,
    options: Options,
    advance: Advance | None = None,
) -> Profile:
    """Read everything a page says about one table.

    Args:
        settings: as from `warehouse.connect.ensure_server`.
        manifest: as from `apps.profile.declared.read_manifest`.
        relation: the table or view.
        options: how to look at it.
        advance: told about each finished step.
    """
    columns = read_columns(settings, relation)
    known = declared(manifest, relation)
    query = ROW_COUNT.format(relation=relation.sql)
    row_count = int(read_arrow(settings, query).column("n")[0].as_py())
    numbers = [column for column in columns if column.kind == "number"]
    step = _counter(advance, len(columns) + len(numbers) + STEPS_AFTER_COLUMNS)
    found = _counted(settings, relation, columns, row_count, known.pii, options, step)
    if not row_count or not columns:
        return Profile(relation, row_count, found)
    found = _with_spreads(settings, relation, found, row_count, step)
    keys = list(dict.fromkeys([*known.keys, *read_unique_indexes(settings, relation)]))
    unique = {part.column.name for part in found if part.stats.distinct_count == row_count}
    duplicates = read_duplicates(settings, relation, columns, keys, unique)
    next(step)
    gaps = [part.column.name for part in found if part.stats.missing and part.stats.present]
    missing = read_missing(settings, relation, gaps)
    next(step)
    shown = [part.column for part in found if part.is_shown and not part.column.is_landing]
    frame = read_sample(settings, relation, columns, shown, options.most_rows)
    next(step)
    return Profile(
        relation,
        row_count,
        found,
        duplicates,
        missing,
        correlations(frame),
        frame,
        sampled=min(row_count, options.most_rows),
    )


def _counted(  # noqa: PLR0913 (one call, split off for its length)
    settings: Settings,
    relation: Relation,
    columns: Sequence[Column],
    row_count: int,
    marks: Mapping[str, bool],
    options: Options,
    step: Iterator[None],
) -> list[ColumnProfile]:
    """Every column with its counts; values are not even asked for where they are personal."""
    reasons = {column.name: why_personal(column, marks) for column in columns}
    queries = [
        stats_query(relation, column, options.show_personal or reasons[column.name] is None)
        for column in columns
    ]
    found = []
    for column, row in zip(columns, read_rows(settings, queries, row_count), strict=True):
        stats = stats_of(column, row)
        reason = reasons[column.name]
        if reason is None and stats.emails and marks.get(column.name) is not False:
            reason = "holds e-mail addresses"
        is_shown = options.show_personal or reason is None
        if not is_shown:
            stats = replace(stats, top_values=[])
        found.append(ColumnProfile(column, stats, reason, is_shown))
        next(step)
    return found


def _with_spreads(
    settings: Settings,
    relation: Relation,
    columns: Sequence[ColumnProfile],
    row_count: int,
    step: Iterator[None],
) -> list[ColumnProfile]:
    """The same columns; those whose numbers may be looked at say where the numbers lie."""
    found = {part.column.name: part for part in columns}
    measured = [part for part in columns if part.is_measurable]
    queries = [spread_query(relation, part.column) for part in measured]
    for part, row in zip(measured, read_rows(settings, queries, row_count), strict=True):
        spread = spread_of(row)
        found[part.column.name] = replace(part, spread=spread if spread.present else None)
        next(step)
    return list(found.values())


def _counter(advance: Advance | None, total: int) -> Iterator[None]:
    done = 0
    while True:
        done += 1
        if advance:
            advance(done, total)
        yield
