"""How long the pages of the dashboard take in a real browser, and their queries in Postgres.

    python benchmarks/bench_dashboard.py [--source SHOP] [--visits N]

On the warehouse that the environment names. Nothing is cached for the queries: the first visitor of
a minute is who waits. A visit is a new tab of a browser that was here before and has kept what
browsers keep. Told is when the heading stands, when the cards stand and when the last element is
drawn, and how many times as long that is as an empty Streamlit page takes; a page with one small
chart shows what Plotly alone costs. Needs chromium.
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
from dataclasses import dataclass
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
CHART = """
import plotly.graph_objects as go

st.plotly_chart(go.Figure(go.Scatter(x=[1, 2, 3], y=[1, 3, 2])))
"""
# Notes when what people look for first is there.
WATCH = """
window.seen = {};
new MutationObserver(() => {
    for (const [name, place] of [["heading", "h1"], ["cards", "[data-testid=stMetric]"]])
        if (!(name in seen) && document.querySelector(place)) seen[name] = performance.now() / 1000;
}).observe(document, {childList: true, subtree: true});
"""
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
        browser = playwright.chromium.launch_persistent_context(
            str(Path(folder) / "profile"),
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1280, "height": 900},
        )
        browser.add_init_script(WATCH)
        one_chart = Path(folder) / "one_chart.py"
        one_chart.write_text(EMPTY + CHART, encoding="utf-8")
        with _serving(empty, log) as url:
            base = _visits(browser, url, asked.visits)
        print(_line("empty page", base, base), flush=True)
        with _serving(one_chart, log) as url:
            print(_line("one chart", _visits(browser, url, asked.visits), base), flush=True)
        timed = Path(__file__).with_name("timed_dashboard.py")
        with _serving(timed, log) as url:
            first = _visit(browser, f"{url}/?source={asked.source}")
            print(_line("very first", first, base))
            for page in PAGES:
                log.write_text("", encoding="utf-8")
                path = "" if page == "overview" else page
                took = _visits(browser, f"{url}/{path}?source={asked.source}", asked.visits)
                print(f"{_line(page, took, base)}  {_slowest(log)}", flush=True)


@dataclass(frozen=True)
class Visit:
    """Seconds from asking for a page; no cards: none."""

    heading: float
    cards: float | None
    drawn: float


def _line(name: str, took: Visit, base: Visit) -> str:
    cards = "no cards    " if took.cards is None else f"cards {took.cards:4.1f} s"
    times = f"heading {took.heading:4.1f} s  {cards}  drawn {took.drawn:4.1f} s"
    return f"{name:12s} {times}  x{took.drawn / base.drawn:.1f}"


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


def _visits(browser: Any, url: str, count: int) -> Visit:
    """Medians of some visits, after one that does not count."""
    _visit(browser, url)
    visits = [_visit(browser, url) for _ in range(count)]
    cards = [visit.cards for visit in visits if visit.cards is not None]
    return Visit(
        statistics.median(visit.heading for visit in visits),
        statistics.median(cards) if cards else None,
        statistics.median(visit.drawn for visit in visits),
    )


def _visit(browser: Any, url: str) -> Visit:
    page = browser.new_page()
    started = time.perf_counter()
    page.goto(url)
    wait_until_drawn(page, SECONDS)
    drawn = time.perf_counter() - started
    seen = page.evaluate("seen")
    page.close()
    return Visit(seen["heading"], seen.get("cards"), drawn)


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
