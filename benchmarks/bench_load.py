"""How fast `load_files` is, against bare copies of the same rows on the same server.

    python benchmarks/bench_load.py [--data FOLDER] [--repeats N] [--times N]

\\copy: psql's, of the same file (a gzip file through `gzip -dc`), into an unindexed table of text
columns; psql's own time, without its start.
COPY: the unpacked file from this process, without unpacking: the most that the server can take.
load, warm: the load function, Great Expectations imported, as from the second file on. It unpacks,
hashes, numbers the rows, indexes the batches, checks the sample and writes the ledger.
load, cold: a whole new process from its start to its exit.
memory: the most that the command `clientele load` held in memory, as the system tells it.

All commit. Runs take turns, so that a slow minute hits all; each number is a median. Runs in a
database of its own on the configured server (the embedded one by default).
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from ingest.landing import load_files  # noqa: E402
from warehouse.connect import connect, ensure_server  # noqa: E402
from warehouse.postgres_binaries import wheel_bin_dir  # noqa: E402
from warehouse.settings import Settings, load_settings  # noqa: E402

PSQL, COPY, WARM, COLD = "\\copy of the same file", "COPY, unpacked", "load, warm", "load, cold"
COLUMNS = 8
BARE_TABLE = f"create table bare ({', '.join(f'c{at} text' for at in range(COLUMNS))})"
BARE_COPY = "copy bare from stdin with (format csv, header true)"
CLEAN = (
    "truncate raw.online_retail__lines, raw.load_batches, raw.batch_checks, "
    "raw.batch_statistics, bare"
)
COLD_LOAD = """
import sys
from pathlib import Path
from benchmarks import bench_load
bench_load.load(bench_load.settings_of(sys.argv[1]), Path(sys.argv[2]))
"""
TIMED = re.compile(r"Time: ([0-9.]+) ms")


def main() -> None:
    """Measure and print."""
    options = parse()
    packed = options.data / "online_retail" / "online_retail.csv.gz"
    if not packed.exists():
        print(f"skipped: {packed} is not there; name the folder with --data")
        return
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder, scratch_database() as settings:
        plain, many = Path(folder, "plain.csv"), Path(folder, "many.csv")
        unpack(packed, plain, 1)
        unpack(packed, many, options.times)
        print(f"{server_version(settings)}\n")
        measure(settings, "online_retail.csv.gz", packed, plain, options.repeats)
        measure(settings, f"{options.times} times, plain", many, many, options.repeats)


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description="load_files against a bare COPY")
    parser.add_argument("--data", type=Path, default=PROJECT_DIR.parent / "shared" / "data")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--times", type=int, default=10, help="copies in the big file")
    return parser.parse_args()


def measure(settings: Settings, name: str, path: Path, plain: Path, repeats: int) -> None:
    """Print rates and ratios of one file."""
    rows = load(settings, path)  # imports Great Expectations, warms the caches
    runs: dict[str, Callable[[], float]] = {
        PSQL: lambda: psql_copy(settings, path),
        COPY: lambda: timed(lambda: bare(settings, plain)),
        WARM: lambda: timed(lambda: load(settings, path)),
        COLD: lambda: timed(lambda: process(COLD_LOAD, url(settings), str(path))),
    }
    seconds: dict[str, list[float]] = {label: [] for label in runs}
    for _ in range(repeats):
        for label, run in runs.items():
            clean(settings)
            seconds[label].append(run())
    report(name, rows, {label: statistics.median(found) for label, found in seconds.items()})
    clean(settings)
    print(f"  memory of 'clientele load' {peak_memory(settings, path):.0f} MB\n")


def report(name: str, rows: int, medians: dict[str, float]) -> None:
    """Print one table."""
    print(f"{name}: {rows:,} rows")
    for label, median in medians.items():
        print(f"  {label:24} {median:7.2f} s {rows / median:12,.0f} rows/s")
    for label in (PSQL, COPY):
        print(f"  load, warm, runs at {medians[label] / medians[WARM]:.2f} of the rate of {label}")
    print(f"  a new process costs {medians[COLD] - medians[WARM]:.2f} s more")


def timed(run: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def psql_copy(settings: Settings, path: Path) -> float:
    """Return the seconds that psql's own `\\copy` of the file takes, as psql says."""
    source = f"program 'gzip -dc {path}'" if path.suffix == ".gz" else f"'{path}'"
    commands = ["\\timing on", f"\\copy bare from {source} with (format csv, header true)"]
    done = subprocess.run(
        [wheel_bin_dir() / "psql", "-X", *(part for text in commands for part in ("-c", text))],
        env=os.environ | settings.connection.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = TIMED.search(done.stdout)
    if found is None:
        raise SystemExit(f"psql did not say how long it took: {done.stdout}{done.stderr}")
    return float(found[1]) / 1000


def load(settings: Settings, path: Path) -> int:
    """Load a file; return its rows."""
    results = load_files(settings, "online_retail", [path])
    if results[0].state != "loaded":
        raise SystemExit("the file was loaded already: the measurement is void")
    return results[0].row_count


def bare(settings: Settings, plain: Path) -> None:
    """Do nothing but COPY."""
    with connect(settings) as conn, conn.cursor() as cursor, plain.open("rb") as file:
        cursor.copy_expert(BARE_COPY, file, size=1 << 20)


def process(program: str, *arguments: str) -> None:
    """Run a program in a new interpreter."""
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, cwd=PROJECT_DIR)


def peak_memory(settings: Settings, path: Path) -> float:
    """Load a file by the command line; return the most memory that it held, in MB."""
    command = [str(Path(sys.executable).with_name("clientele")), "load", "online_retail", str(path)]
    variables = os.environ | {"CLIENTELE_DATABASE_URL": url(settings)}
    with tempfile.TemporaryDirectory() as home:
        child = subprocess.Popen(
            command,
            cwd=PROJECT_DIR,
            env=variables | {"CLIENTELE_HOME": home},
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_maxrss / 1024


def clean(settings: Settings) -> None:
    """Empty the tables."""
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(CLEAN)


def unpack(packed: Path, target: Path, times: int) -> None:
    """Write the unpacked file with its rows repeated."""
    with gzip.open(packed) as file:
        header, rows = file.readline(), file.read()
    with target.open("wb") as out:
        out.write(header)
        for _ in range(times):
            out.write(rows)


@contextmanager
def scratch_database() -> Iterator[Settings]:
    """Yield settings of a new database with the declared tables; drop it at the end."""
    server = ensure_server(load_settings(cwd=PROJECT_DIR))
    name = f"clientele_bench_{secrets.token_hex(4)}"
    execute(server, f"create database {name}")
    info = server.connection.model_copy(update={"dbname": name, "kind": "server"})
    settings = server.with_connection(info)
    try:
        create_tables(settings)
        execute(settings, BARE_TABLE)
        yield settings
    finally:
        execute(server, f"drop database {name} with (force)")


def create_tables(settings: Settings) -> None:
    """Let dbt make the raw tables."""
    with tempfile.TemporaryDirectory() as folder:
        dbt = Path(sys.executable).with_name("dbt")
        paths = {"DBT_TARGET_PATH": f"{folder}/target", "DBT_LOG_PATH": f"{folder}/logs"}
        subprocess.run(
            [dbt, "--quiet", "run-operation", "create_declared_tables", "--profiles-dir", folder],
            check=True,
            cwd=PROJECT_DIR,
            env=os.environ | paths | profile(settings, Path(folder)),
        )


def profile(settings: Settings, folder: Path) -> dict[str, str]:
    """Write a dbt profile; return the environment that it reads."""
    example = (PROJECT_DIR / "profiles.example.yml").read_text(encoding="utf-8")
    (folder / "profiles.yml").write_text(example, encoding="utf-8")
    return {"CLIENTELE_DATABASE_URL": url(settings), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


def execute(settings: Settings, statement: str) -> None:
    """Run one statement outside of a transaction."""
    with connect(settings, autocommit=True) as conn, conn.cursor() as cursor:
        cursor.execute(statement)


def server_version(settings: Settings) -> str:
    """Return the server's version."""
    with connect(settings) as conn:
        return f"Postgres {conn.server_version // 10000}.{conn.server_version % 10000}"


def url(settings: Settings) -> str:
    """Return the URL with its password."""
    return settings.connection.url(hide_password=False)


def settings_of(database_url: str) -> Settings:
    """Return settings from a URL."""
    return load_settings({"CLIENTELE_DATABASE_URL": database_url}, PROJECT_DIR)


if __name__ == "__main__":
    main()
