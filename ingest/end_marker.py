"""A line that holds only a backslash and a dot: data to Postgres 18, an end to older servers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warehouse.errors import InputRefused

FIRST_SERVER_WITHOUT = 180000
_MARKER = re.compile(rb"[\r\n]\\\.[\r\n]")
_OVERLAP = 3


def refuse_end_marker(name: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    r"""Pass blocks on and refuse a line `\.`, where an older server would silently stop.

    Raises:
        InputRefused: such a line.
    """
    tail = b"\n"
    for block in blocks:
        _refuse(name, tail + block)
        tail = (tail + block)[-_OVERLAP:]
        yield block
    _refuse(name, tail + b"\n")


def _refuse(name: str, data: bytes) -> None:
    if _MARKER.search(data):
        raise InputRefused(
            f"{name}: a line holds only '\\.', which this server takes for the end of the data; "
            "write something else there, or use Postgres 18"
        )
