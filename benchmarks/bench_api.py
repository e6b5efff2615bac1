"""What the API carries: one worker, the client on the same machine.

    python benchmarks/bench_api.py [--source SHOP] [--seconds N]

On the warehouse that the environment names (`clientele run sample` makes one). Everything stands
beside the same client asking an endpoint that does nothing (`/health/live`), and beside the bare
call of the model in this process: the last column is how many times as long the median took.

steady: 500 requests a second, times counted from when each was due.
most: as fast as answers come, over 32 connections; errors must be none.
batch: CSVs of 100,000 and 300,000 rows through /predict/churn/batch, and the server's memory.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from apps.api.answers import predict_rows
from apps.api.served import Served
from benchmarks.api_help import (
    Request,
    champion,
    churn_requests,
    customer_requests,
    feature_rows,
    in_words,
    load,
    serving,
)
from ml import jobs
from ml.estimators import predicted
from ml.frames import risk_bands
from warehouse.connect import ensure_server
from warehouse.settings import Settings, load_settings

RATE, ROWS = 500.0, 100_000


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    settings = ensure_server(load_settings())
    rows = feature_rows(settings, asked.source)
    bare = _bare(settings, asked.source, rows)
    kinds = {
        "nothing": [{"method": "GET", "path": "/health/live"}],
        "churn": churn_requests(asked.source, rows),
        "customer": customer_requests(settings, asked.source),
    }
    empty: dict[float | None, float] = {}
    with serving() as (port, process):
        for name, requests in kinds.items():
            _ask(port, name, requests, asked.seconds, empty, bare if name == "churn" else None)
        _batch(port, process, settings, asked.source, rows)
    with serving(CLIENTELE_API_CACHE_SECONDS="0") as (port, _):
        _ask(port, "customer, not cached", kinds["customer"], asked.seconds, empty)


def _ask(  # noqa: PLR0913 (what is asked, and what it stands beside)
    port: int,
    name: str,
    requests: list[Request],
    seconds: float,
    empty: dict[float | None, float],
    bare: float | None = None,
) -> None:
    load(port, requests, 2, RATE)
    for rate in (RATE, None):
        found = load(port, requests, seconds, rate)
        empty.setdefault(rate, found["p50_ms"])
        ratios = f"x{found['p50_ms'] / empty[rate]:.2f} nothing"
        ratios += f", x{found['p50_ms'] / bare:.1f} model" if bare else ""
        said = f"{name}, {f'{rate:.0f}/s' if rate else 'most'}"
        print(f"{said:27s} {in_words(found)}  {ratios}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", default="sample")
    parser.add_argument("--seconds", type=float, default=10)
    return parser.parse_args()


def _bare(settings: Settings, source: str, rows: list[dict[str, Any]]) -> float:
    """Milliseconds of a call of the model for one row, from features to the answer."""
    served, bands = Served(jobs.TASKS["churn"], champion(settings, source)), risk_bands(settings)
    milliseconds: dict[int, float] = {}
    for count in (1, 100):
        asked = (rows * (count // len(rows) + 1))[:count]
        predict_rows(served, date(2025, 1, 1), asked, bands)
        started = time.perf_counter()
        for _ in range(200):
            predict_rows(served, date(2025, 1, 1), asked, bands)
        milliseconds[count] = (time.perf_counter() - started) / 200 * 1000
        print(f"{f'model, {count} rows':27s} {milliseconds[count]:8.2f} ms a call")
    return milliseconds[1]


def _batch(
    port: int, process: psutil.Process, settings: Settings, source: str, rows: list[dict[str, Any]]
) -> None:
    frame = pd.DataFrame((rows * (ROWS // len(rows) + 1))[:ROWS])
    estimator = champion(settings, source).estimator
    started = time.perf_counter()
    predicted(estimator, frame, "classification")
    bare = ROWS / (time.perf_counter() - started)
    for count in (ROWS, 3 * ROWS):
        part = pd.concat([frame] * (count // ROWS))
        buffer = io.BytesIO()
        part.to_csv(buffer, index=False)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/predict/churn/batch?source={source}",
            data=buffer.getvalue(),
            headers={"content-type": "text/csv"},
        )
        before = process.memory_info().rss
        started = time.perf_counter()
        answer = urllib.request.urlopen(request).read()
        seconds = time.perf_counter() - started
        assert answer.count(b"\n") == count + 1
        more = (process.memory_info().rss - before) / 1e6
        size = len(buffer.getvalue()) / 1e6
        print(
            f"{f'batch, {count:,} rows':27s} {count / seconds:8,.0f} rows/s, body {size:.0f} MB, "
            f"memory {more:+.0f} MB  x{bare / (count / seconds):.2f} model on a frame",
            flush=True,
        )


if __name__ == "__main__":
    main()
