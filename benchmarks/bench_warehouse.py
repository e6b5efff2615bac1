"""The whole warehouse at several sizes, each number beside an alternative of the same run.

    python -m benchmarks.bench_warehouse --sizes 1000000 10000000 10000000@7000

For each size: make the shop, load its past, build everything from nothing, then daily runs on its
last days; then the slowest models against the best single statements, and the core marts alone
against DuckDB. A size is LINES, or LINES@DAYS for a shop of another age (700 days otherwise).

What is measured is kept in results.json of the work folder: a run that was stopped goes on where it
was, and sizes can be added. --fresh begins anew. Each size has a database of its own on the
configured server (the embedded one by default); --drop removes it once the size is measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from benchmarks import duck, steps  # noqa: E402
from benchmarks.journal import Found, Journal  # noqa: E402
from benchmarks.place import Place, machine, places  # noqa: E402
from benchmarks.report import report  # noqa: E402

QUICK = "200000"


def main(arguments: list[str] | None = None) -> int:
    """Measure what is not known yet, then print all."""
    options = parser().parse_args(arguments)
    chosen = places(options.sizes, options.work)
    journal = Journal(chosen[0].folder.parent / "results.json")
    about = machine(chosen[0].server)
    print("\n".join(about.values()) + "\n", flush=True)
    for place in chosen:
        if options.fresh:
            journal.forget(place.name)
        measure(place, journal, options.daily_runs, about["commit"])
        if options.drop:
            place.drop_database()
    text = report([place.name for place in chosen], journal.content)
    print(f"\n{text}")
    commits = {str(journal.of(place.name)["make"]["commit"]) for place in chosen}
    if commits != {about["commit"]}:
        print(f"\nmeasured at commit {', '.join(sorted(commits))}: --fresh measures anew")
    return 1 if "DIFFER" in text else 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    text, form = __doc__, argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser("bench_warehouse", description=text, formatter_class=form)
    options.add_argument("--sizes", nargs="+", default=[QUICK], metavar="LINES[@DAYS]")
    options.add_argument("--daily-runs", type=int, default=3, help="at most 5")
    options.add_argument("--work", type=Path, help="work folder; default: bench in the home folder")
    options.add_argument("--fresh", action="store_true", help="forget what was measured")
    options.add_argument("--drop", action="store_true", help="drop each size's database at its end")
    return options


def measure(place: Place, journal: Journal, daily_runs: int, commit: str) -> None:
    """Take the steps of one size that were not taken yet."""

    def step(name: str, run: Callable[[], Found]) -> None:
        if name not in journal.of(place.name):
            print(f"{place.name}: {name}", flush=True)
        journal.step(place.name, name, run)

    step("make", lambda: steps.make(place) | {"commit": commit})
    step("load", lambda: steps.load(place))
    step("build", lambda: steps.build(place))
    days = steps.days(place)[:daily_runs] if steps.knows_daily() else []
    for day in days:
        step(f"daily {day}", partial(steps.daily, place, day))
    if not days:
        print("this command line has no 'clientele run --daily': daily runs are skipped")
    for model in steps.statements():
        step(f"statement {model}", partial(steps.statement, place, model))
    step("core", lambda: steps.core(place))
    if duck.is_installed():
        step("duckdb", lambda: steps.duckdb(place, days))
    else:
        print("DuckDB is not installed (benchmarks/requirements.txt): skipped")


if __name__ == "__main__":
    sys.exit(main())
