"""A file through a real server and a client that reads nothing before it has sent everything."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import uvicorn

from tests.ports import free_port
from tests.unit.api.test_direct import app  # noqa: F401 (a fixture)
from tests.unit.api.test_predicting import batch_numbers, csv_of, rows

ROWS = 90_000


@pytest.fixture
def url(app: Any) -> Iterator[str]:  # noqa: F811
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/predict/churn/batch"
    server.should_exit = True
    thread.join(10)


def sent(url: str, content: bytes) -> list[str]:
    request = urllib.request.Request(url, content, {"content-type": "text/csv"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode().splitlines()


def test_a_file_of_many_parts_comes_back_whole_and_in_order(url: str) -> None:
    few = rows(300)
    many = pd.concat([few] * (ROWS // len(few)), ignore_index=True)
    many["customer_id"] = [f"c{number}" for number in range(len(many))]
    content = csv_of(many).encode()
    assert len(content) > 3_000_000
    header, *answers = sent(url, content)
    assert header.startswith("customer_id,")
    assert [line.split(",")[0] for line in answers] == many["customer_id"].tolist()
    found = [float(line.split(",")[1]) for line in answers[: len(few)]]
    np.testing.assert_allclose(found, batch_numbers(few), atol=1e-12)


def test_what_is_wrong_late_in_a_file_is_still_a_422(url: str) -> None:
    content = csv_of(rows(300)).encode() * 30 + b"x" * 3_000_000
    with pytest.raises(urllib.error.HTTPError) as raised:
        sent(url, content)
    assert raised.value.code == 422
    assert b"longer than" in raised.value.read()
