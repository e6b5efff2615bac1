"""What the benchmarks of the API share: a server, a client, requests of real customers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from ml import jobs
from ml.artefact import Artefact
from tests.ports import free_port
from warehouse.connect import connect
from warehouse.settings import Settings

PROGRAM = str(Path(sys.executable).with_name("clientele"))
CLIENT = str(Path(__file__).with_name("http_load.py"))
ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS, DISTINCT = 32, 200
START_SECONDS = 120
Request = dict[str, str]


def champion(settings: Settings, source: str) -> Artefact:
    """The model of churn that scores.

    Raises:
        SystemExit: the shop has none.
    """
    models = settings.home_dir / "models"
    found = jobs.champion(settings, models, jobs.TASKS["churn"], source)
    if found is None:
        raise SystemExit(f"churn of {source} has no model: clientele run {source}")
    return found


def feature_rows(settings: Settings, source: str) -> list[dict[str, Any]]:
    """Features of some customers, newest as-of date first."""
    contract = champion(settings, source).contract
    names = contract.feature_names
    query = (
        f"select {', '.join(names)} from {contract.relation} where source_name = %s "
        "order by as_of_date desc, customer_id limit %s"
    )
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(query, (source, DISTINCT))
        found = cursor.fetchall()
    plain = [[float(v) if isinstance(v, Decimal) else v for v in row] for row in found]
    return [dict(zip(names, row, strict=True)) for row in plain]


def churn_requests(source: str, rows: list[dict[str, Any]]) -> list[Request]:
    """Single predictions of these rows."""
    return [
        {"method": "POST", "path": "/predict/churn", "body": json.dumps(body)}
        for body in ({"source": source, "features": row} for row in rows)
    ]


def customer_requests(settings: Settings, source: str) -> list[Request]:
    """Look-ups of every customer."""
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(
            "select customer_id from marts.customer_360 where source_name = %s order by 1",
            (source,),
        )
        return [{"method": "GET", "path": f"/customers/{key}"} for (key,) in cursor.fetchall()]


@contextmanager
def running(
    command: list[str], healthy: str, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until an address of it answers, and stop it at the end.

    Raises:
        SystemExit: it did not answer within two minutes.
    """
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, **quiet)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(healthy, timeout=5).read()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"{' '.join(command)} did not start") from None
                time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def serving(**environment: str) -> Iterator[tuple[int, psutil.Process]]:
    """Start one worker, as `clientele api serve` does, logs and all; give its port and process."""
    port = free_port()
    command = [PROGRAM, "api", "serve", "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}/health", environment) as process:
        yield port, psutil.Process(process.pid)


def start_client(
    port: int, requests: list[Request], seconds: float, rate: float | None
) -> subprocess.Popen[str]:
    """Start asking, in a process of its own; without a rate as fast as answers come."""
    asked = {"port": port, "requests": requests, "seconds": seconds, "rate": rate}
    client = subprocess.Popen(
        [sys.executable, CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert client.stdin is not None
    client.stdin.write(json.dumps({**asked, "connections": CONNECTIONS}))
    client.stdin.close()
    client.stdin = None
    return client


def answers_of(client: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a client and return what it saw, see `http_load.Result.summary`."""
    out, _ = client.communicate()
    if client.returncode:
        raise SystemExit("the client failed")
    found: dict[str, Any] = json.loads(out)
    return found


def load(port: int, requests: list[Request], seconds: float, rate: float | None) -> dict[str, Any]:
    """Ask for some seconds and return what came back."""
    return answers_of(start_client(port, requests, seconds, rate))


def in_words(found: dict[str, Any]) -> str:
    """Rate, percentiles and errors on a line."""
    return (
        f"{found['per_second']:8,.0f}/s  p50 {found['p50_ms']:6.2f} ms  "
        f"p95 {found['p95_ms']:6.2f} ms  p99 {found['p99_ms']:6.2f} ms  "
        f"errors {found['errors']}  wrong {found['wrong']}"
    )
