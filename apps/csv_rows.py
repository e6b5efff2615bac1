"""Lines of CSV out, and rows of CSV in as they arrive."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula to a spreadsheet."""


def csv_line(values: Iterable[Any]) -> bytes:
    """One line; a text that a spreadsheet would run is quoted with an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow([_safe(value) for value in values])
    return buffer.getvalue().encode()


def _safe(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(RISKY):
        return "'" + value
    return value
