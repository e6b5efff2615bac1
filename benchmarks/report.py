"""The tables at the end: every number beside what it is to be held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from benchmarks import measures as m
from benchmarks.measures import Steps

MOST_MEMORY_MB = 1024
MOST_LINE_COST, MOST_DAILY_SHARE, MOST_DAILY_GROWTH, MOST_OF_STATEMENT = 1.2, 0.08, 1.3, 1.5
SHOWN_MODELS = 15
MISSING = "-"

Row = tuple[str, list[str]]


def report(sizes: Sequence[str], found: dict[str, Steps]) -> str:
    """Format everything that is known of the sizes, in the order in which they are named."""
    known = {size: found[size] for size in sizes if "make" in found.get(size, {})}
    if not known:
        return "nothing is measured yet"
    headings = [f"{m.lines(steps):,} lines" for steps in known.values()]
    columns = list(known.values())
    tables = [table(headings, summary(columns)), table(headings, slowest_models(columns))]
    return "\n\n".join([*tables, "\n".join(judgements(known))])


def table(headings: Sequence[str], rows: Sequence[Row]) -> str:
    """Text in columns: names to the left, values to the right."""
    everything = [("", list(headings)), *rows]
    first = max(len(name) for name, _ in everything)
    widths = [max(len(values[at]) for _, values in everything) for at in range(len(headings))]
    return "\n".join(
        f"{name:<{first}}"
        + "".join(f"  {value:>{width}}" for value, width in zip(values, widths, strict=True))
        for name, values in everything
    )


def summary(columns: Sequence[Steps]) -> list[Row]:
    """One row per measure, one value per size."""
    first = columns[0]
    rows: list[tuple[str, Callable[[Steps], str]]] = [
        ("days of the shop", lambda s: f"{s['make']['asked']['days']:,}"),
        ("customers", lambda s: f"{s['make']['customers']:,}"),
        ("shop made, lines/s", lambda s: f"{m.lines(s) / s['make']['seconds']:,.0f}"),
        ("load, s from start to end", lambda s: f"{s['load']['seconds']:,.1f}"),
        ("full build, s from start to end", lambda s: f"{s['build']['seconds']:,.1f}"),
        ("  load of the machine before it", lambda s: f"{s['build']['others']:.1f}"),
        ("full build, dbt's own time, s", lambda s: f"{m.build_wall(s):,.1f}"),
        ("  sum of its nodes, s", lambda s: f"{s['build']['dbt']['total']:,.1f}"),
        ("  models of these, s", lambda s: f"{s['build']['dbt']['by_kind']['models']:,.1f}"),
        (
            "  data tests of these, s",
            lambda s: f"{s['build']['dbt']['by_kind']['data tests']:,.1f}",
        ),
        ("  s per million lines", lambda s: f"{m.line_cost(s):,.1f}"),
        (
            "  a line's cost, to the first size",
            lambda s: f"{m.line_cost(s) / m.line_cost(first):.2f}",
        ),
        ("training of all models, s", lambda s: f"{s['train']['seconds']:,.1f}"),
        ("daily runs", lambda s: f"{len(m.daily_runs(s))}"),
        ("  lines of a day", lambda s: f"{m.day_lines(s):,.0f}"),
        ("  all lines to a day's", lambda s: f"{m.lines(s) / m.day_lines(s):,.0f}"),
        ("daily run, s from start to end", lambda s: f"{m.daily_seconds(s):,.1f}"),
        ("daily run, dbt's own time, s", lambda s: f"{m.daily_wall(s):,.1f}"),
        ("  to the full build's", lambda s: f"{m.daily_share(s):.1%}"),
        ("  to the first size's", lambda s: f"{m.daily_wall(s) / m.daily_wall(first):.2f}"),
        ("most memory of a Python process, MB", lambda s: f"{m.most_memory(s):,.0f}"),
        ("database, MB", lambda s: f"{s['build']['database_mb']:,}"),
        ("core marts with all below them, dbt, s", lambda s: f"{s['core']['dbt']['wall']:,.1f}"),
        ("  with the load, s", lambda s: f"{m.ours(s):,.1f}"),
        ("core marts by DuckDB, with reading, s", lambda s: f"{m.duckdb(s):,.1f}"),
        ("  ours to DuckDB's", lambda s: f"{m.ours(s) / m.duckdb(s):.1f}"),
        ("  results", lambda s: "DIFFER" if m.unequal(s) else "equal"),
    ]
    for model in _compared(columns):
        rows += [
            (f"{model} alone, s", partial(_model_seconds, model=model)),
            ("  to the statement's", partial(_statement_ratio, model=model)),
        ]
    return [(name, [_shown(value, steps) for steps in columns]) for name, value in rows]


def slowest_models(columns: Sequence[Steps]) -> list[Row]:
    """The slowest models of the last size's full build; in brackets a line's cost to the first."""
    built = [steps["build"]["dbt"]["by_model"] if "build" in steps else {} for steps in columns]
    counts = [m.lines(steps) for steps in columns]
    rows = []
    for name in sorted(built[-1], key=lambda name: -built[-1][name])[:SHOWN_MODELS]:
        base = built[0].get(name, 0.0) / counts[0]
        values = []
        for at, seconds in enumerate(built):
            here = seconds.get(name, 0.0)
            growth = f" ({here / counts[at] / base:.2f})" if at and base else ""
            values.append(f"{here:,.2f} s{growth}")
        rows.append((name, values))
    return rows


def judgements(known: dict[str, Steps]) -> list[str]:
    """Each promise with what came out, and what is not equal though it must be."""
    first_size, first = next(iter(known.items()))
    said = []
    for size, steps in known.items():
        promises: list[tuple[str, float, Callable[[Steps], float]]] = [
            ("memory of a Python process, MB", MOST_MEMORY_MB, m.most_memory),
            ("a daily run to the full build", MOST_DAILY_SHARE, m.daily_share),
        ]
        for model in _compared([steps]):
            ratio = partial(m.to_statement, model=model)
            promises.append((f"{model} to the statement", MOST_OF_STATEMENT, ratio))
        if steps is not first:
            promises += [
                (
                    f"a line's cost to that of {first_size}",
                    MOST_LINE_COST,
                    lambda s: m.line_cost(s) / m.line_cost(first),
                ),
                (
                    f"a daily run to that of {first_size}",
                    MOST_DAILY_GROWTH,
                    lambda s: m.daily_wall(s) / m.daily_wall(first),
                ),
            ]
        said += [_judged(size, what, most, value, steps) for what, most, value in promises]
        said += _differences(size, steps)
    return [line for line in said if line]


def _judged(
    size: str, what: str, most: float, of: Callable[[Steps], float], steps: Steps
) -> str | None:
    try:
        value = of(steps)
    except KeyError:
        return None
    return f"{size}: {what} {value:.3g}, at most {most:g}: {'met' if value <= most else 'MISSED'}"


def _differences(size: str, steps: Steps) -> list[str]:
    said = []
    for model in _compared([steps]):
        found = m.statements(steps)[model]
        if found["differing_rows"]:
            rows = f"{found['differing_rows']:,} rows"
            said.append(f"{size}: {model} and the statement DIFFER in {rows}")
        if found.get("lacking_columns"):
            lacking = ", ".join(found["lacking_columns"])
            said.append(f"{size}: {model} and the statement DIFFER: it does not make {lacking}")
    if "core" in steps and "duckdb" in steps:
        said += [f"{size}: we and DuckDB DIFFER in {mart}" for mart in m.unequal(steps)]
    return said


def _compared(columns: Sequence[Steps]) -> list[str]:
    """Models that were held against statements, at any of the sizes."""
    found = [m.statements(steps) for steps in columns if any(m.STATEMENT in name for name in steps)]
    return list(dict.fromkeys(model for models in found for model in models))


def _model_seconds(steps: Steps, model: str) -> str:
    return f"{m.model_seconds(steps, model):,.2f}"


def _statement_ratio(steps: Steps, model: str) -> str:
    return f"{m.to_statement(steps, model):.2f}"


def _shown(of: Callable[[Steps], str], steps: Steps) -> str:
    try:
        return of(steps)
    except KeyError:
        return MISSING
