"""The dashboard with a clock at every query, for `bench_dashboard.py`: Streamlit runs this script.

Each query goes as a line of JSON to the file that CLIENTELE_BENCH_QUERIES names.
"""

from __future__ import annotations

import json
import os
import runpy
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from apps.dashboard import data
from warehouse.bulk import KeptConnections

read_frame = KeptConnections.read_frame


def timed(connections: KeptConnections, query: str, params: Sequence[Any] = ()) -> pd.DataFrame:
    """Read a frame and note how long it took, connecting and converting included."""
    started = time.perf_counter()
    found = read_frame(connections, query, params)
    milliseconds = (time.perf_counter() - started) * 1000
    line = {"milliseconds": milliseconds, "rows": len(found), "query": " ".join(query.split())}
    with Path(os.environ["CLIENTELE_BENCH_QUERIES"]).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")
    return found


# Streamlit runs this script anew at every visit; the clock is set once.
if KeptConnections.read_frame.__name__ != timed.__name__:
    KeptConnections.read_frame = timed  # type: ignore[method-assign]
runpy.run_path(str(Path(data.__file__).with_name("main.py")), run_name="__main__")
