"""Quotes that would make the server swallow lines: 5" nails, 6" bolts is one value to it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ingest.text import shortened
from warehouse.errors import InputRefused

QUOTE = ord('"')
# So far a quote sees to both sides, to find the comma behind the blanks.
SIGHT = 64
_ENDS = b",\r\n"
_BLANKS = b" \t"
_NEIGHBOURS = np.zeros(256, dtype=bool)
_NEIGHBOURS[list(_ENDS + b'"')] = True


def refuse_stray_quotes(name: str, line: int, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Pass blocks on and refuse a quote inside a value that is not quoted and doubled.

    A quote opens a value at its start and closes it at its end. Postgres takes any other for an
    opening one too, and so would join all lines up to the next, without an error if there is one.

    Args:
        name: the file's name.
        line: lines of the file before the first block.
        blocks: CSV, which begins with a record.

    Raises:
        InputRefused: such a quote.
    """
    check = _Quotes(name, line)
    for block in blocks:
        check.feed(block)
        yield block
    check.finish()


class _Quotes:
    def __init__(self, name: str, line: int) -> None:
        self._name = name
        self._line = line
        self._data = b"\n"
        self._next = 0  # the first place in _data that was not looked at
        self._is_open = False

    def feed(self, block: bytes) -> None:
        self._data += block
        self._look(len(self._data) - SIGHT)
        keep = max(0, self._next - SIGHT)
        self._line += self._data.count(b"\n", 0, keep)
        self._data = self._data[keep:]
        self._next -= keep

    def finish(self) -> None:
        self._data += b"\n"
        self._look(len(self._data) - 1)

    def _look(self, end: int) -> None:
        if end <= self._next:
            return
        start, self._next = self._next, end
        if self._data.find(b'"', start, end) < 0:
            return
        found = np.frombuffer(self._data, dtype=np.uint8)
        places = np.flatnonzero(found[start:end] == QUOTE) + start
        opening = places[int(self._is_open) :: 2]
        closing = places[1 - int(self._is_open) :: 2]
        self._is_open ^= bool(len(places) % 2)
        strange = [
            *((int(place), True) for place in opening[~_NEIGHBOURS[found[opening - 1]]]),
            *((int(place), False) for place in closing[~_NEIGHBOURS[found[closing + 1]]]),
        ]
        for place, is_opening in sorted(strange):
            self._refuse_inside(place, is_opening)

    def _refuse_inside(self, place: int, is_opening: bool) -> None:
        """Blanks between a quote and the comma are harmless."""
        if is_opening:
            nearest = self._data[max(0, place - SIGHT) : place].rstrip(_BLANKS)[-1:]
        else:
            nearest = self._data[place + 1 : place + SIGHT].lstrip(_BLANKS)[:1]
        if nearest and nearest in _ENDS:
            return
        # The first line end of the data is ours.
        line = self._line + self._data.count(b"\n", 0, place)
        begin = self._data.rfind(b"\n", 0, place) + 1
        text = self._data[begin : place + SIGHT].decode("utf-8", errors="replace")
        raise InputRefused(
            f"{self._name}: line {line}: a quote inside a value ('{shortened(text)}'); put such "
            'values in quotes and double the quotes in them, as in "5"" nails"'
        )
