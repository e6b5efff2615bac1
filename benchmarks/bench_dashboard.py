"""How long the pages of the dashboard take in a real browser, and their queries in Postgres.

    python benchmarks/bench_dashboard.py [--source SHOP] [--visits N]

On the warehouse that the environment names. Nothing is cached for the queries: the first visitor of
a minute is who waits. A visit is a new window of a browser that knows Streamlit's scripts already;
it ends when the last element is drawn. The last column is how many times as long an empty Streamlit
page takes in the same browser. Needs chromium.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright

from benchmarks.api_help import ROOT, running
from orchestration.cli_dashboard import OPTIONS
from tests.e2e.browser import browser_program, wait_until_drawn
from tests.ports import free_port
from warehouse.connect import ensure_server
from warehouse.settings import load_settings

PAGES = (
    *("overview", "segments", "churn", "value", "customer", "products", "forecasts", "models"),
    "quality",
)
EMPTY = 'import streamlit as st\n\nst.set_page_config(layout="wide")\nst.title("Empty")\n'
SECONDS = 60_000


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    ensure_server(load_settings())
    program = browser_program()
    if program is None:
        raise SystemExit("there is no chromium here")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty, log = Path(folder) / "empty.py", Path(folder) / "queries"
        empty.write_text(EMPTY, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        ).new_context(viewport={"width": 1280, "height": 900})
        with _serving(empty, log) as url:
            base = _visits(browser, url, asked.visits)
        print(f"{'empty page':12s} {base:6.2f} s")
        timed = Path(__file__).with_name("timed_dashboard.py")
        with _serving(timed, log) as url:
            first = _visit(browser, f"{url}/?source={asked.source}")
            print(f"{'very first':12s} {first:6.2f} s  x{first / base:.1f}")
            for page in PAGES:
                log.write_text("", encoding="utf-8")
                path = "" if page == "overview" else page
                took = _visits(browser, f"{url}/{path}?source={asked.source}", asked.visits)
                print(f"{page:12s} {took:6.2f} s  x{took / base:.1f}  {_slowest(log)}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", default="sample")
    parser.add_argument("--visits", type=int, default=5)
    return parser.parse_args()


@contextmanager
def _serving(script: Path, log: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "apps.dashboard", "run", str(script), *OPTIONS]
    own = {
        "CLIENTELE_DASHBOARD_CACHE_SECONDS": "0",
        "CLIENTELE_BENCH_QUERIES": str(log),
        "PYTHONPATH": str(ROOT),
    }
    url = f"http://127.0.0.1:{port}"
    with running([*command, "--server.port", str(port)], f"{url}/_stcore/health", own):
        yield url


def _visits(browser: Any, url: str, count: int) -> float:
    """Median seconds of some visits, after one that does not count."""
    _visit(browser, url)
    return statistics.median(_visit(browser, url) for _ in range(count))


def _visit(browser: Any, url: str) -> float:
    page = browser.new_page()
    started = time.perf_counter()
    page.goto(url)
    wait_until_drawn(page, SECONDS)
    seconds = time.perf_counter() - started
    page.close()
    return seconds


def _slowest(log: Path) -> str:
    """The query that took longest at its quickest: what a busy machine adds does not count."""
    best: dict[str, tuple[float, int]] = {}
    for line in log.read_text("utf-8").splitlines():
        row = json.loads(line)
        found = (row["milliseconds"], row["rows"])
        best[row["query"]] = min(best.get(row["query"], found), found)
    if not best:
        return "no query"
    query, (milliseconds, rows) = max(best.items(), key=lambda each: each[1])
    return f"slowest of {len(best)} queries {milliseconds:.0f} ms, {rows:,} rows: {query[:70]}"


if __name__ == "__main__":
    main()
