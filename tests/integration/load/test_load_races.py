"""Two at once, killed half-way, and many files: what must never happen and what must stay fast."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest import batch, ledger
from ingest.landing import load_files
from tests.load_help import PROJECT_DIR, csv_text, line, query
from warehouse.connect import connect
from warehouse.errors import Busy

COUNT = "select count(*) from raw.online_retail__lines"
LEDGER = "select state, count(*) from raw.load_batches group by 1 order by 1"
BACKENDS = (
    "select count(*) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)

LOADER = """
import sys, time
from pathlib import Path
from ingest.landing import load_files
from warehouse.settings import load_settings
settings = load_settings({"CLIENTELE_DATABASE_URL": sys.argv[1]}, Path.cwd())
def slow(name, done, total):
    print(done, flush=True)
    time.sleep(float(sys.argv[3]))
print(load_files(settings, "online_retail", [Path(sys.argv[2])], progress=slow)[0].state)
"""
MEMORY = """
import resource, sys
from pathlib import Path
from ingest.landing import load_files
from warehouse.settings import load_settings
settings = load_settings({"CLIENTELE_DATABASE_URL": sys.argv[1]}, Path.cwd())
for name in sys.argv[2:]:
    print(load_files(settings, "online_retail", [Path(name)])[0].row_count)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def python(program: str, settings, *arguments: object) -> subprocess.Popen[str]:
    url = settings.connection.url(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", program, url, *map(str, arguments)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )


def big_file(folder: Path, lines: int = 100_000) -> Path:
    path = folder / "big.csv"
    path.write_text(csv_text(*[line(at % 900) for at in range(lines)]))
    return path


def test_two_processes_with_the_same_file_store_one_batch(db, tmp_path):
    path = big_file(tmp_path)
    both = [python(LOADER, db, path, 0.05) for _ in range(2)]
    states = sorted(process.communicate()[0].split("\n")[-2] for process in both)
    assert states == ["already loaded", "loaded"]
    assert query(db, COUNT) == [(100_000,)]
    assert query(db, LEDGER) == [("loaded", 1)]


def test_loads_into_the_same_table_take_turns(db, tmp_path):
    """Each numbers its own rows from 1, although they share a sequence."""
    paths = []
    for number in range(4):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_text(csv_text(*[line(number)] * 3000))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda path: load_files(db, "online_retail", [path])[0], paths))
    assert sorted(result.batch_id for result in found) == [1, 2, 3, 4]
    numbers = "select min(_row_number), max(_row_number), count(distinct _row_number)"
    rows = query(db, f"{numbers} from raw.online_retail__lines group by _batch_id")
    assert rows == [(1, 3000, 3000)] * 4


def test_kill_in_the_middle_of_copy_leaves_nothing_and_a_reload_works(db, tmp_path):
    path = big_file(tmp_path)
    process = python(LOADER, db, path, 0.2)
    assert process.stdout is not None
    done = [int(process.stdout.readline()) for _ in range(3)]
    assert 0 < done[-1] < path.stat().st_size
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert query(db, COUNT) == [(0,)]
    assert query(db, LEDGER) == []
    assert load_files(db, "online_retail", [path])[0].state == "loaded"
    assert query(db, COUNT) == [(100_000,)]


def test_interrupt_leaves_nothing_and_no_connection(db, tmp_path):
    def interrupt(name: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_files(db, "online_retail", [big_file(tmp_path)], progress=interrupt)
    assert query(db, COUNT) == [(0,)]
    deadline = time.monotonic() + 10
    while query(db, BACKENDS) != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_two_transactions_never_get_the_same_batch_number(db):
    with connect(db) as one, connect(db) as two, one.cursor() as first, two.cursor() as second:
        assert ledger.claim_batch_id(first) == 1
        assert ledger.claim_batch_id(second) == 2
        one.rollback()
        assert ledger.claim_batch_id(first) == 1


def test_ledger_stops_a_writer_that_takes_no_lock(db, tmp_path, monkeypatch):
    """The unique index is the last guard: here somebody commits the same content before we do."""
    path = tmp_path / "a.csv"
    path.write_text(csv_text())
    monkeypatch.setattr(batch, "_raise_if_known", lambda *_: None)
    monkeypatch.setattr(ledger, "find_by_file", lambda *_: None)
    load_files(db, "online_retail", [path])
    with pytest.raises(Busy, match="load again"):
        load_files(db, "online_retail", [path])
    assert query(db, COUNT) == [(2,)]


def test_real_file_lands_whole_and_once(db, online_retail):
    path = online_retail / "online_retail.csv.gz"
    states = [load_files(db, "online_retail", [path])[0] for _ in range(2)]
    assert [(r.state, r.row_count) for r in states] == [
        ("loaded", 541_909),
        ("already loaded", 541_909),
    ]
    found = query(
        db,
        "select count(*), max(_row_number), count(distinct _row_number), count(customer_id), "
        "count(*) filter (where invoice_no like 'C%') from raw.online_retail__lines",
    )
    assert found == [(541_909, 541_909, 541_909, 541_909 - 135_080, 9_288)]


@pytest.mark.slow
def test_memory_stays_flat_however_big_the_file(db, tmp_path):
    """Of two files, the second ten times as big, in one process that has imported everything."""
    small, big = tmp_path / "small.csv", tmp_path / "big.csv"
    rows = "\n".join(line(at % 900) for at in range(200_000))
    small.write_text(csv_text(rows))
    big.write_text(csv_text(*[rows] * 10))
    printed = python(MEMORY, db, small, big).communicate()[0].split()
    assert printed[0::2] == ["200000", "2000000"]
    assert int(printed[3]) - int(printed[1]) < 60
