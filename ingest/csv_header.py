"""The header of a CSV stream: the only record that Python parses; the server parses the rest."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from ingest.file_kinds import BOM
from warehouse.errors import InputRefused

MAX_HEADER_BYTES = 1 << 20
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def take_record(name: str, blocks: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Read blocks up to the end of the first record; return the record and what came after it.

    The record keeps its line end, so that its lines can be counted; a byte order mark is dropped.

    Raises:
        InputRefused: no end of a record within a MiB.
    """
    data = b""
    for block in blocks:
        data = (data + block).removeprefix(BOM)
        end = _record_end(data)
        if end is not None:
            return data[:end], data[end:]
        if len(data) > MAX_HEADER_BYTES:
            raise InputRefused(
                f"{name}: the header does not end within a MiB; check for a quote in it that is "
                "never closed, and that the file is CSV"
            )
    return data, b""


def _record_end(data: bytes) -> int | None:
    """Return where the first record ends, or None if more bytes are needed to tell."""
    quoted = False
    # A last \r may be half of \r\n, so it does not end a record yet.
    for found in re.finditer(rb'"|\r\n|\r(?!\Z)|\n', data):
        if found[0] == b'"':
            quoted = not quoted
        elif not quoted:
            return found.end()
    return None


def parse_header(record: bytes, delimiter: str = ",") -> tuple[str, ...]:
    """Return the names in a header record, without the blanks around them."""
    text = record.decode("utf-8", errors="replace")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return tuple(cell.strip() for cell in next(rows, []))
    except csv.Error:  # a cell of more than 128 KB, which is no name
        return (text.strip(),)


def line_count(record: bytes) -> int:
    """Return how many lines of the file a record with its line end takes."""
    return max(1, len(re.findall(rb"\r\n|\r|\n", record)))
