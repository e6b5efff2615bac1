"""What follows from the results of one size's steps; a KeyError where a step is missing."""

from __future__ import annotations

import statistics

from benchmarks.journal import Found

DAILY, STATEMENT = "daily ", "statement "

Steps = dict[str, Found]


def daily_runs(steps: Steps) -> dict[str, Found]:
    """The daily runs by day, without those that were stopped.

    Raises:
        KeyError: there is none.
    """
    whole = {name: found for name, found in steps.items() if "stopped" not in found}
    return _named(whole, DAILY)


def statements(steps: Steps) -> dict[str, Found]:
    """What was held against single statements, by model.

    Raises:
        KeyError: there is none.
    """
    return _named(steps, STATEMENT)


def lines(steps: Steps) -> int:
    """Order lines of the shop."""
    return int(steps["make"]["lines"])


def day_lines(steps: Steps) -> float:
    """Lines of a day that was run, on average."""
    by_day = steps["make"]["lines_by_day"]
    return float(statistics.mean(by_day[day] for day in daily_runs(steps)))


def build_wall(steps: Steps) -> float:
    """dbt's own seconds for the full build."""
    return float(steps["build"]["dbt"]["wall"])


def line_cost(steps: Steps) -> float:
    """dbt's own seconds for the full build per million lines."""
    return build_wall(steps) / lines(steps) * 1e6


def daily_seconds(steps: Steps) -> float:
    """Seconds of a daily run from start to end: the median."""
    return float(statistics.median(run["seconds"] for run in daily_runs(steps).values()))


def daily_wall(steps: Steps) -> float:
    """dbt's own seconds for a daily run: the median."""
    return float(statistics.median(run["dbt"]["wall"] for run in daily_runs(steps).values()))


def daily_share(steps: Steps) -> float:
    """A daily run to the full build."""
    return daily_wall(steps) / build_wall(steps)


def most_memory(steps: Steps) -> float:
    """The most MB that a Python process of any step held."""
    measured = [found["peak_memory_mb"] for found in steps.values() if "dbt" in found]
    if not measured:
        raise KeyError("load")
    return float(max(measured))


def ours(steps: Steps) -> float:
    """Seconds from files to core marts: the loads, and dbt's own time for these marts alone."""
    return float(steps["load"]["seconds"]) + float(steps["core"]["dbt"]["wall"])


def duckdb(steps: Steps) -> float:
    """DuckDB's seconds from files to core marts."""
    return float(steps["duckdb"]["load_seconds"]) + float(steps["duckdb"]["marts_seconds"])


def unequal(steps: Steps) -> list[str]:
    """Marts on which we and DuckDB disagree."""
    theirs = steps["duckdb"]["results"]
    return [mart for mart, row in steps["core"]["results"].items() if theirs[mart] != row]


def model_seconds(steps: Steps, model: str) -> float:
    """What a model takes alone."""
    return float(statements(steps)[model]["model_seconds"])


def to_statement(steps: Steps, model: str) -> float:
    """What a model takes alone, to the statement that gives the same rows."""
    return model_seconds(steps, model) / float(statements(steps)[model]["statement_seconds"])


def _named(steps: Steps, prefix: str) -> dict[str, Found]:
    found = {name[len(prefix) :]: found for name, found in steps.items() if name.startswith(prefix)}
    if not found:
        raise KeyError(prefix)
    return found
