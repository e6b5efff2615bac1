"""What Postgres says about a CSV stream that it cannot read, in the words of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping

import psycopg2

from ingest.text import shortened
from warehouse.errors import InputRefused

# Bytes that are no character of the declared encoding, or one that the server cannot store.
ENCODING_STATES = ("22021", "22P05")
# Malformed records, bytes and characters that the server refuses, and lines over a GiB.
REFUSED_STATES = ("22P04", "54000", *ENCODING_STATES)

_CONTEXT = re.compile(r"COPY \S+, line (\d+)(?:, column (\S+))?(?:: \"(.*)\")?", re.DOTALL)
_MISSING = re.compile(r'missing data for column "(\w+)"')

_QUOTED = "quote values that contain commas, quotes or line ends, and double the quotes in them"
_EXPLAINED = (
    ("extra data after last expected column", "has more values than the header has columns"),
    ("unterminated CSV quoted field", "a quote is opened here or further up and never closed"),
)
_MIXED = ("unquoted newline found in data", "unquoted carriage return found in data")


def explain(
    error: psycopg2.Error, name: str, header_lines: int, headers: Mapping[str, str]
) -> InputRefused | None:
    """Return what to tell the user, or None if the file is not to blame.

    Args:
        error: what COPY raised.
        name: the file's name.
        header_lines: lines of the file before those that COPY saw.
        headers: the header in the file of each column of the table.
    """
    if error.pgcode not in REFUSED_STATES:
        return None
    said = error.diag.message_primary or "the server cannot read it"
    found = _CONTEXT.search(error.diag.context or "")
    line = f"line {int(found[1]) + header_lines}" if found else "somewhere"
    text = found[3] if found else None
    return InputRefused(f"{name}: {line}: {_reason(said, text, headers)}")


def _reason(said: str, text: str | None, headers: Mapping[str, str]) -> str:
    missing = _MISSING.search(said)
    if missing and not (text or "").strip():
        return "a blank line; remove it"
    if missing:
        header = headers.get(missing[1], missing[1])
        return f"ends before column {header} ('{shortened(text or '')}'); {_QUOTED}"
    if any(english in said for english in _MIXED):
        return "mixes kinds of line ends; save the file with one kind, and quote values with others"
    if "extra data" in said and (text or "").rstrip().endswith(","):
        return f"ends with a comma too many ('{shortened(text or '')}'); remove it in every line"
    for english, ours in _EXPLAINED:
        if english in said:
            shown = f" ('{shortened(text)}')" if text else ""
            return f"{ours}{shown}; {_QUOTED}"
    return f"{said}; save the file as plain CSV in UTF-8"
