"""How lists, values and columns are written in messages."""

from __future__ import annotations

from collections.abc import Iterable

MAX_NAMES = 12
MAX_VALUE = 40


def listed(names: Iterable[str]) -> str:
    """Return names separated by commas, the first dozen of them."""
    found = list(names)
    shown = ", ".join(shortened(name) or "(blank)" for name in found[:MAX_NAMES])
    return shown + (f" and {len(found) - MAX_NAMES} more" if len(found) > MAX_NAMES else "")


def shortened(value: str, length: int = MAX_VALUE) -> str:
    """Return a value on one line and of a length that a message can hold."""
    line = " ".join(value.split())
    return line if len(line) <= length else line[: length - 3] + "..."


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, for example "2 columns"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
