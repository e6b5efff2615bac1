"""A line of JSON as an object whose numbers keep the spelling that they have in the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ingest.text import shortened

_KINDS: dict[type, str] = {
    list: "an array",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


class BadLine(Exception):
    """A line that is no JSON object that can be stored; the message says why and what to do."""


class Number(str):
    """A number as it is written: 1.10 stays 1.10, and twenty digits stay twenty."""

    __slots__ = ()


def parse_object(line: bytes) -> dict[str, Any]:
    """Return the object on a line.

    Raises:
        BadLine: not UTF-8, not one object, a key twice in it, NaN, or text that cannot be stored.
    """
    try:
        text = line.decode("utf-8")
        found = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise BadLine(
            f"byte {error.start + 1:,} (0x{line[error.start]:02x}) is not UTF-8; save the file as "
            "UTF-8, e.g. iconv -f latin1 -t utf-8"
        ) from None
    except json.JSONDecodeError as error:
        raise BadLine(_broken(text, error)) from None
    except RecursionError:
        raise BadLine("values are nested too deeply; write one plain row a line") from None
    if not isinstance(found, dict):
        kind = _KINDS.get(type(found), "a number")
        raise BadLine(f"{kind}, not an object; write each row as {{...}} on a line of its own")
    # Only an escape can bring these in, and escapes are rare.
    if "\\u" in text:
        _refuse_unstorable(found)
    return found


def as_text(value: object) -> str | None:
    """Return a value as text: true as true, nested values as compact JSON, null as None."""
    if value is None:
        return None
    return str(value) if isinstance(value, str) else compact(value)


def compact(value: object, other: Callable[[Any], str | None] | None = None) -> str:
    """Return a value as JSON without blanks, in which numbers keep their spelling.

    Args:
        value: what was parsed here, or made elsewhere.
        other: turns what JSON does not know into text.
    """
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{_key(key)}:{compact(member, other)}" for key, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(compact(member, other) for member in value) + "]"
    return json.dumps(value, ensure_ascii=False, default=other)


def _key(key: object) -> str:
    return json.dumps(str(key), ensure_ascii=False)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f"the key {shortened(twice)} is there more than once; keep one of them")
    return found


def _no_number(token: str) -> Any:
    raise BadLine(f"{token} is no JSON; write null where there is no number")


_DECODER = json.JSONDecoder(
    parse_int=Number, parse_float=Number, parse_constant=_no_number, object_pairs_hook=_pairs
)


def _broken(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()):
        return (
            "the object does not end on this line; write each object on one line, e.g. jq -c '.', "
            "or copy the file again completely"
        )
    near = shortened(text[error.pos : error.pos + 20])
    return f"broken JSON at character {error.pos + 1:,}: {error.msg}, near {near}; export it again"


def _refuse_unstorable(value: object) -> None:
    if isinstance(value, dict):
        for key, member in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_unstorable(member)
    elif isinstance(value, str):
        _refuse_unstorable_text(value)


def _refuse_unstorable_text(value: str) -> None:
    if "\0" in value:
        raise BadLine(r"a text holds \u0000, which Postgres cannot store; remove it in the export")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        escape = f"\\u{ord(value[error.start]):04x}"
        raise BadLine(f"{escape} is half a character; write the whole pair") from None
