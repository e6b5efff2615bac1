"""The API under half of its load for minutes, while what it stands on goes away and comes back.

    python benchmarks/soak_api.py [--source SHOP] [--seconds N]

Predictions of churn and look-ups of customers in turn. Meanwhile the served model is switched three
times (to the version before, if there is one, and back), Redis is killed once (if `redis-server`
is installed) and Postgres is restarted once. Answers are compared with the first one of the same
request and model version; whatever is no 200 is counted by the second in which it came.

On a warehouse with an embedded server: a server of yours is not ours to stop.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.api_help import (
    PROGRAM,
    answers_of,
    churn_requests,
    customer_requests,
    feature_rows,
    in_words,
    load,
    serving,
    start_client,
)
from ml import champions
from tests.ports import free_port
from warehouse.connect import connect, ensure_server
from warehouse.settings import Settings, load_settings

AWAY_SECONDS = 3
"""How long Postgres stays away."""
LOOKUPS = 2_000


def main() -> None:
    """Run and print."""
    asked = _arguments()
    settings = ensure_server(load_settings())
    versions = _versions(settings, asked.source)
    churn = churn_requests(asked.source, feature_rows(settings, asked.source))
    customers = customer_requests(settings, asked.source)[:LOOKUPS]
    pairs = zip(churn * (len(customers) // len(churn) + 1), customers, strict=False)
    requests = list(chain.from_iterable(pairs))
    with _redis() as redis, serving(**_address(redis)) as (port, process):
        most = load(port, requests, 10, None)
        print(f"{'most':12s} {in_words(most)}", flush=True)
        before = process.memory_info().rss
        client = start_client(port, requests, asked.seconds, most["per_second"] / 2)
        started = time.monotonic()
        for number, what in enumerate(
            ("switch", "kill redis", "switch", "restart postgres", "switch"), start=1
        ):
            time.sleep(max(0, started + number * asked.seconds / 6 - time.monotonic()))
            begun = time.monotonic() - started
            done = _do(what, port, asked.source, versions[number // 2 % len(versions)], redis)
            print(f"{begun:6.1f} to {time.monotonic() - started:6.1f} s  {done}", flush=True)
        found = answers_of(client)
        more = (process.memory_info().rss - before) / 1e6
    print(f"{'half':12s} {in_words(found)}")
    print(f"statuses {found['statuses']}, 503 without Retry-After {found['without_remedy']}")
    print(f"no 200, by second: {found['failed_seconds'] or 'none'}; memory {more:+.0f} MB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", default="sample")
    parser.add_argument("--seconds", type=float, default=600)
    return parser.parse_args()


def _versions(settings: Settings, source: str) -> list[str]:
    """The two newest versions, the newest first."""
    with connect(settings) as conn:
        found = champions.versions(conn, settings.home_dir / "models", "churn", source)
    known = [each.model_version for each in reversed(found)][:2]
    if len(known) == 1:
        print("one version only: a switch loads it again (train another with --evaluate-at)")
    return known


def _do(
    what: str, port: int, source: str, version: str, redis: tuple[int, subprocess.Popen] | None
) -> str:
    if what == "kill redis":
        if redis is None:
            return "redis-server is not installed: Redis was not tried"
        redis[1].kill()
        return "Redis killed"
    if what == "restart postgres":
        subprocess.run([PROGRAM, "db", "stop"], check=True, stdout=subprocess.DEVNULL)
        time.sleep(AWAY_SECONDS)
        subprocess.run([PROGRAM, "db", "start"], check=True, stdout=subprocess.DEVNULL)
        return "Postgres stopped and started"
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/models/churn/load",
        data=json.dumps({"source": source, "version": version}).encode(),
        headers={"content-type": "application/json"},
    )
    urllib.request.urlopen(request).read()
    return f"model switched to {version}"


@contextmanager
def _redis() -> Iterator[tuple[int, subprocess.Popen] | None]:
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield port, process
    finally:
        process.kill()
        process.wait()


def _address(redis: tuple[int, subprocess.Popen] | None) -> dict[str, str]:
    return {"CLIENTELE_API_REDIS_URL": f"redis://127.0.0.1:{redis[0]}"} if redis else {}


if __name__ == "__main__":
    main()
