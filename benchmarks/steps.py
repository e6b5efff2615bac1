"""What is measured at one size, step by step."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from benchmarks import duck
from benchmarks.day_files import DAYS, HISTORY
from benchmarks.journal import Found
from benchmarks.make_shop import make_shop
from benchmarks.place import CLIENTELE, PROJECT_DIR, TABLES, Place
from ingest.sample.columns import FILE_COLUMNS

STATEMENTS = Path(__file__).parent / "statements"
REPEATS = 3
# dbt's unit tests try the SQL on rows of their own: their time has nothing to do with the shop.
DATA_ONLY = ("--exclude-resource-type", "unit_test")


def make(place: Place) -> Found:
    """Make the shop, and an empty database for it."""
    made = make_shop(place.shop, place.wanted)
    place.make_database()
    return made


def load(place: Place) -> Found:
    """Load the past."""
    return place.clientele("load", "shop", *files_in(place.shop / HISTORY)).as_json()


def build(place: Place) -> Found:
    """Build the whole warehouse from nothing: all models and data tests."""
    return place.clientele("build", "--", *DATA_ONLY).as_json() | _size(place)


def train(place: Place) -> Found:
    """Train every model, so that daily runs have models to score with."""
    return place.clientele("train").as_json()


def knows_daily() -> bool:
    """Whether the command line has daily runs yet."""
    command = [str(CLIENTELE), "run", "--help"]
    done = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    return "--daily" in done.stdout


def daily(place: Place, day: str) -> Found:
    """What the shop's cron job does on one day: load the day's files, bring all up to date."""
    files = files_in(place.shop / DAYS / day)
    return place.clientele("run", "--daily", "shop", *files).as_json()


def days(place: Place) -> list[str]:
    """The days that were split off, oldest first."""
    return sorted(path.name for path in (place.shop / DAYS).iterdir())


def core(place: Place) -> Found:
    """Build the core marts alone, with all that they stand on and without tests."""
    chosen = [f"+{mart}" for mart in duck.MARTS]
    watched = place.clientele(
        "build", "--", "--full-refresh", "--resource-type", "model", "-s", *chosen
    )
    results = {}
    for mart in duck.MARTS:
        rows = place.query(duck.check(mart, "marts."))
        results[mart] = duck.plain(rows[0])
    return watched.as_json() | {"results": results}


def duckdb(place: Place, loaded_days: list[str]) -> Found:
    """Make the core marts with DuckDB, from the files that are loaded."""
    folders = [place.shop / HISTORY, *(place.shop / DAYS / day for day in loaded_days)]
    files = {
        table: [path for folder in folders if (path := folder / f"{table}.csv").exists()]
        for table in TABLES
    }
    seed = PROJECT_DIR / "seeds" / "rfm_segments.csv"
    return duck.build(files, seed, place.folder / "core.duckdb")


def statements() -> list[str]:
    """Models for which the best single statement is known."""
    return sorted(path.stem for path in STATEMENTS.glob("*.sql"))


def statement(place: Place, model: str) -> Found:
    """A model against the best hand-written statement that gives its rows, in turns.

    Each is a median of three. dbt's time is that of the node: with its comments and statistics.
    """
    text = (STATEMENTS / f"{model}.sql").read_text("utf-8")
    ours, theirs = [], []
    for _ in range(REPEATS):
        watched = place.clientele(
            "build", "--", "--full-refresh", "--resource-type", "model", "-s", model
        )
        ours.append(watched.dbt.by_model[model])
        theirs.append(_timed(place, text))
    table = str(place.query(_WHERE_IS.format(model=model))[0][0])
    columns = [row[0] for row in place.query(_COLUMNS.format(table="bench_statement"))]
    answers = {"table": table, "columns": ", ".join(columns)}
    differing = place.query(_DIFFERENCE.format(**answers))[0][0]
    lacking = {row[0] for row in place.query(_COLUMNS.format(table=table))} - set(columns)
    place.query("drop table bench_statement")
    return {
        "model_seconds": round(sorted(ours)[REPEATS // 2], 2),
        "statement_seconds": round(sorted(theirs)[REPEATS // 2], 2),
        "differing_rows": differing,
        "lacking_columns": sorted(lacking),
    }


def files_in(folder: Path) -> list[Path]:
    """The exports in a folder, in the order in which they lean on each other."""
    return [folder / name for name in FILE_COLUMNS if (folder / name).exists()]


_WHERE_IS = """
select format('%I.%I', schemaname, tablename) from pg_tables where tablename = '{model}'
"""
_COLUMNS = """
select attname::text
from pg_attribute
where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
order by attnum
"""
_DIFFERENCE = """
select count(*)
from (
    (select {columns} from {table} except all select {columns} from bench_statement)
    union all
    (select {columns} from bench_statement except all select {columns} from {table})
) as differing
"""


def _timed(place: Place, statement_text: str) -> float:
    place.query("drop table if exists bench_statement")
    start = time.perf_counter()
    place.query(f"create table bench_statement as\n{statement_text}")
    return time.perf_counter() - start


def _size(place: Place) -> Found:
    size = place.query("select pg_database_size(current_database())")[0][0]
    return {"database_mb": round(size / 1024**2)}
