"""What the API carries: one worker, the client on the same machine.

    python benchmarks/bench_api.py [--source SHOP] [--seconds N] [--soak-seconds N]

On the warehouse that the environment names (`clientele run sample` makes one). Each figure stands
beside the same client asking an endpoint that does nothing (`/health/live`), and beside the bare
call of the model in this process, with one row and with a hundred.

steady: 500 requests a second, times counted from when each was due.
most: as fast as answers come, over 32 connections; errors must be none.
batch: CSVs of 100,000 and 300,000 rows through /predict/churn/batch, and the server's memory.
soak: half of the most for some minutes, while the model is switched three times.
"""

from __future__ import annotations

import argparse
import io
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from apps.api.answers import predict_rows  # noqa: E402
from apps.api.served import Served  # noqa: E402
from ml import jobs  # noqa: E402
from ml.frames import risk_bands  # noqa: E402
from warehouse.connect import connect, ensure_server  # noqa: E402
from warehouse.settings import Settings, load_settings  # noqa: E402

RATE, CONNECTIONS, ROWS, DISTINCT = 500.0, 32, 100_000, 200


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    settings = ensure_server(load_settings())
    rows = _features(settings, asked.source)
    churn = [
        {"method": "POST", "path": "/predict/churn", "body": json.dumps(body)}
        for body in ({"source": asked.source, "features": row} for row in rows)
    ]
    keys = _keys(settings, asked.source)
    customers = [{"method": "GET", "path": f"/customers/{key}"} for key in keys]
    empty = [{"method": "GET", "path": "/health/live"}]
    _print_bare(settings, asked.source, rows)
    with _serving() as (port, process):
        for name, requests in (
            ("nothing", empty),
            ("churn", churn),
            ("customer", customers),
        ):
            _client(port, requests, 2, RATE)
            _show(f"{name}, {RATE:.0f}/s", _client(port, requests, asked.seconds, RATE))
            _show(f"{name}, most", _client(port, requests, asked.seconds, None))
        _batch(port, process, asked.source, rows)
        if asked.soak_seconds:
            _soak(port, process, asked.source, churn, asked.soak_seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", default="sample")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--soak-seconds", type=float, default=0)
    return parser.parse_args()


def _features(settings: Settings, source: str) -> list[dict[str, Any]]:
    artefact = jobs.champion(settings, settings.home_dir / "models", jobs.TASKS["churn"], source)
    assert artefact is not None, f"churn of {source} has no model"
    names = artefact.contract.feature_names
    query = (
        f"select {', '.join(names)} from {artefact.contract.relation} where source_name = %s "
        "order by as_of_date desc, customer_id limit %s"
    )
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(query, (source, DISTINCT))
        found = cursor.fetchall()
    plain = [[float(v) if isinstance(v, Decimal) else v for v in row] for row in found]
    return [dict(zip(names, row, strict=True)) for row in plain]


def _keys(settings: Settings, source: str) -> list[str]:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(
            "select customer_id from marts.customer_360 where source_name = %s order by 1",
            (source,),
        )
        return [str(key) for (key,) in cursor.fetchall()]


def _print_bare(settings: Settings, source: str, rows: list[dict[str, Any]]) -> None:
    task = jobs.TASKS["churn"]
    artefact = jobs.champion(settings, settings.home_dir / "models", task, source)
    assert artefact is not None
    served, bands, day = Served(task, artefact), risk_bands(settings), date(2025, 1, 1)
    for count in (1, 100):
        asked = (rows * (count // len(rows) + 1))[:count]
        predict_rows(served, day, asked, bands)
        started = time.perf_counter()
        for _ in range(50):
            predict_rows(served, day, asked, bands)
        each = (time.perf_counter() - started) / 50 * 1000
        print(f"{'model, ' + str(count) + ' rows':24s} {each:8.2f} ms a call")


@contextmanager
def _serving() -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    program = str(Path(sys.executable).with_name("clientele"))
    command = [program, "api", "serve", "--port", str(port), "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).read()
                break
            except OSError:
                time.sleep(0.2)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _client(
    port: int, requests: list[dict[str, Any]], seconds: float, rate: float | None
) -> dict[str, Any]:
    asked = {"port": port, "requests": requests, "seconds": seconds, "rate": rate}
    asked["connections"] = CONNECTIONS
    done = subprocess.run(
        [sys.executable, str(PROJECT_DIR / "benchmarks" / "http_load.py")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _show(name: str, found: dict[str, Any]) -> None:
    print(
        f"{name:24s} {found['per_second']:8.0f}/s  p50 {found['p50_ms']:6.2f} ms  "
        f"p95 {found['p95_ms']:6.2f} ms  p99 {found['p99_ms']:6.2f} ms  "
        f"errors {found['errors']}  wrong {found['wrong']}",
        flush=True,
    )


def _batch(port: int, process: psutil.Process, source: str, rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame((rows * (ROWS // len(rows) + 1))[:ROWS])
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
            f"{f'batch, {count:,} rows':24s} {count / seconds:8,.0f} rows/s, body {size:.0f} MB, "
            f"memory {more:+.0f} MB",
            flush=True,
        )


def _soak(
    port: int, process: psutil.Process, source: str, churn: list[dict[str, Any]], seconds: float
) -> None:
    most = _client(port, churn, 5, None)["per_second"]
    before = process.memory_info().rss
    asked = {"port": port, "requests": churn, "seconds": seconds, "rate": most / 2}
    client = subprocess.Popen(
        [sys.executable, str(PROJECT_DIR / "benchmarks" / "http_load.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdin is not None
    client.stdin.write(json.dumps({**asked, "connections": CONNECTIONS}))
    client.stdin.close()
    client.stdin = None
    for _ in range(3):
        time.sleep(seconds / 4)
        body = json.dumps({"source": source, "version": "champion"}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/models/churn/load",
            data=body,
            headers={"content-type": "application/json"},
        )
        urllib.request.urlopen(request).read()
    out, _ = client.communicate()
    found = json.loads(out)
    _show(f"soak, {most / 2:.0f}/s", found)
    more = (process.memory_info().rss - before) / 1e6
    print(f"  statuses {found['statuses']}, memory {more:+.0f} MB")


if __name__ == "__main__":
    main()
