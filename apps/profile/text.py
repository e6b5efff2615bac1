"""Numbers and lists as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

SMALLEST_SHARE = 0.001


def number(value: float | int | None) -> str:
    """Return a number with separators, rounded to what a reader takes in; a dash for None."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value) or abs(value) >= 1e15:
        return f"{value:.4g}"
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) < 1:
        return f"{value:.4g}"
    decimals = 3 if abs(value) < 10 else 2
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """Return a share in percent; what is not quite nothing or everything does not look so."""
    if 0 < share < SMALLEST_SHARE:
        return "< 0.1%"
    if 1 - SMALLEST_SHARE < share < 1:
        return "> 99.9%"
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def listed(names: Sequence[str], most: int) -> str:
    """Return names with commas, those after the first few as a count."""
    rest = len(names) - most
    shown = ", ".join(names[:most])
    return f"{shown} and {rest} more" if rest > 0 else shown


def plural(count: int, thing: str) -> str:
    """Return a count with its noun: 1 row, 2 rows."""
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"
