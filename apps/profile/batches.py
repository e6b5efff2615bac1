"""Send many small queries together: connecting takes longer than counting a small table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from warehouse.bulk import read_arrow
from warehouse.settings import Settings

QUERIES_TOGETHER = 25
LARGE_TABLE = 100_000
"""From here on counting takes longer than connecting, and each query alone shows progress."""

MEMBER = "select {number} as query_number, row_to_json(q) as found from ({query}) as q"


def read_rows(
    settings: Settings, queries: Sequence[str], row_count: int
) -> Iterator[dict[str, Any]]:
    """Run queries that return one row each, and yield their rows in order.

    Args:
        settings: as from `warehouse.connect.ensure_server`.
        queries: SQL without parameters.
        row_count: how large the table is that they read.
    """
    together = 1 if row_count >= LARGE_TABLE else QUERIES_TOGETHER
    for start in range(0, len(queries), together):
        batch = queries[start : start + together]
        members = [MEMBER.format(number=i, query=query) for i, query in enumerate(batch)]
        found = read_arrow(settings, "\nunion all\n".join(members) + "\norder by query_number")
        for text in found.column("found").to_pylist():
            yield json.loads(text)
