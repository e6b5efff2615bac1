"""The whole warehouse at several sizes, each number beside an alternative of the same run.

    python -m benchmarks.bench_warehouse --sizes 1000000 10000000 10000000@7000

For each size: make the shop, load its past, build everything from nothing, train, then daily runs
on its last days; then the slowest models against the best single statements, and the core marts
alone against DuckDB. A size is LINES, or LINES@DAYS for a shop of another age (700 days otherwise).

What is measured is kept in results.json of the work folder: a run that was stopped goes on where it
was, and sizes can be added. --fresh begins anew. Each size has a database of its own on the
configured server (the embedded one by default), dropped once the size is measured (--keep: not).
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
from benchmarks.measures import DAILY, STATEMENT  # noqa: E402
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
        if not is_complete(place, journal, options.daily_runs):
            if not place.exists():
                journal.forget(place.name)
            measure(place, journal, options.daily_runs, about["commit"])
            if not options.keep:
                place.drop_database()
    text = report([place.name for place in chosen], journal.content)
    print(f"\n{text}")
    commits = {str(journal.of(place.name)["make"]["commit"]) for place in chosen}
    if commits != {about["commit"]}:
        print(f"\nmeasured at commit {', '.join(sorted(commits))}: --fresh measures anew")
    return 1 if "DIFFER" in text else 0


def is_complete(place: Place, journal: Journal, daily_runs: int) -> bool:
    """Whether all steps of a size are known, so that its database may be gone."""
    found = journal.of(place.name)
    wanted = {
        "make",
        "load",
        "build",
        "train",
        "core",
        *(f"{STATEMENT}{name}" for name in steps.statements()),
    }
    if duck.is_installed():
        wanted.add("duckdb")
    days = [name for name in found if name.startswith(DAILY) and "stopped" not in found[name]]
    return wanted <= found.keys() and (len(days) >= daily_runs or not steps.knows_daily())


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    text, form = __doc__, argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser("bench_warehouse", description=text, formatter_class=form)
    options.add_argument("--sizes", nargs="+", default=[QUICK], metavar="LINES[@DAYS]")
    options.add_argument("--daily-runs", type=int, default=3, help="at most 5")
    options.add_argument("--work", type=Path, help="work folder; default: bench in the home folder")
    options.add_argument("--fresh", action="store_true", help="forget what was measured")
    options.add_argument("--keep", action="store_true", help="leave the databases there")
    return options


def measure(place: Place, journal: Journal, daily_runs: int, commit: str) -> None:
    """Take the steps of one size that were not taken yet."""

    def step(name: str, run: Callable[[], Found]) -> None:
        if name not in journal.of(place.name):
            print(f"{place.name}: {name}", flush=True)
            journal.note(place.name, name, run())

    if "build" not in journal.of(place.name):
        # What a stopped load or build has left would make the next one look fast.
        journal.forget(place.name)
    step("make", lambda: steps.make(place) | {"commit": commit})
    step("load", lambda: steps.load(place))
    step("build", lambda: steps.build(place))
    step("train", lambda: steps.train(place))
    days = measure_days(place, journal, daily_runs)
    for model in steps.statements():
        step(f"{STATEMENT}{model}", partial(steps.statement, place, model))
    step("core", lambda: steps.core(place))
    if duck.is_installed():
        step("duckdb", lambda: steps.duckdb(place, days))
    else:
        print("DuckDB is not installed (benchmarks/requirements.txt): skipped")


def measure_days(place: Place, journal: Journal, count: int) -> list[str]:
    """Make daily runs until `count` were measured; return the days that are loaded.

    One that was stopped is made again without counting: a part of its work was done already.
    """
    loaded: list[str] = []
    if not steps.knows_daily():
        print("there is no 'clientele run --daily' yet: daily runs are skipped")
        return loaded
    measured = 0
    for day in steps.days(place):
        if measured < count:
            measured += measure_day(place, journal, day)
            loaded.append(day)
    return loaded


def measure_day(place: Place, journal: Journal, day: str) -> bool:
    """Make the daily run of a day if it is not made yet; return whether it counts."""
    name = f"{DAILY}{day}"
    known = journal.of(place.name).get(name)
    if known is None:
        print(f"{place.name}: {name}", flush=True)
        journal.note(place.name, name, {"stopped": True})
        journal.note(place.name, name, steps.daily(place, day))
    elif known == {"stopped": True}:
        steps.daily(place, day)
        journal.note(place.name, name, {"stopped": True, "made_again": True})
    return "stopped" not in journal.of(place.name)[name]


if __name__ == "__main__":
    sys.exit(main())
