"""Values of other people's databases and APIs as the text that staging can cast."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from ingest.json_objects import Number, compact


class NoTextForm(Exception):
    """A value that cannot be written as text; the message says of which kind it is."""


def as_text(value: object) -> str | None:
    """Return a value as text that loses nothing: numbers in full, times as ISO in UTC.

    Raises:
        NoTextForm: bytes, or an object of an unknown kind.
    """
    if value is None:
        return None
    if isinstance(value, enum.Enum):
        return as_text(value.value)
    for kind, spell in _SPELLINGS:
        if isinstance(value, kind):
            return spell(value)
    # UUIDs, network addresses, ranges and time spans say what they are by themselves.
    return str(value)


def _number(value: Decimal | float) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return format(exact, "f") if exact.is_finite() else str(value)


def _in_utc(moment: dt.datetime) -> str:
    """Return a time without its zone: in UTC if it had one, as it is if not."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return moment.isoformat(sep=" ")


def _json(value: Collection[Any]) -> str:
    exact = sorted(value, key=str) if isinstance(value, set) else value
    return compact(_spelled(exact), as_text)


def _spelled(value: Any) -> Any:
    """Return nested values with decimals as they are spelled."""
    if isinstance(value, dict):
        return {key: _spelled(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(member) for member in value]
    return Number(_number(value)) if isinstance(value, Decimal) else value


def _refuse(value: object) -> str:
    raise NoTextForm("bytes")


# In this order: True is an int too, and a datetime a date.
_SPELLINGS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    ((Decimal, float), _number),
    (dt.datetime, _in_utc),
    ((dt.date, dt.time), lambda value: str(value.isoformat())),
    ((dict, list, tuple, set), _json),
    ((bytes, bytearray, memoryview), _refuse),
)
