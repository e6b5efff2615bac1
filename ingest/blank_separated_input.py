"""Text files without a header whose fields are separated by blanks, as old exports write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from ingest.contract import Table
from ingest.csv_input import CsvInput, without_trailing_blank_lines
from ingest.inputs import BLOCK_BYTES, header_hash
from ingest.text import listed, plural, shortened
from ingest.value_patterns import PATTERNS
from warehouse.errors import InputRefused

MAX_LINE_BYTES = 1 << 20
_MUST_BE_QUOTED = (b'"', b",")


class BlankSeparatedInput:
    """One row a line, plain or gzip; the columns are those of the contract, in its order.

    Blanks are spaces and tabs, one or more, also before the first field and behind the last, so
    that a field is never empty. Its header is the contract's.
    """

    can_select = False
    header_lines = 0

    def __init__(self, path: Path, table: Table, *, gzipped: bool, check_text: bool = True) -> None:
        self._name = path.name
        self._table = table
        # It unpacks, hashes and checks; what it takes for a header is our first line.
        self._text = CsvInput(path, gzipped=gzipped, check_text=check_text)
        self.header = tuple(column.header for column in table.columns)
        self.bytes_done = self._text.bytes_done
        self.content_sha256 = ""
        self.file_sha256 = ""

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield all lines as CSV, whatever the positions. Blank lines at the end are dropped.

        Raises:
            InputRefused: a line of more or fewer fields, a blank line, a header, no line at all; or
                what `CsvInput` refuses.
        """
        digest = header_hash(self.header)
        block = bytearray()
        for row in self._rows():
            block += row
            if len(block) >= BLOCK_BYTES:
                digest.update(block)
                yield bytes(block)
                block.clear()
        digest.update(block)
        yield bytes(block)
        self.content_sha256 = digest.hexdigest()
        self.file_sha256 = self._text.file_sha256
        self.bytes_done = self._text.bytes_done

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _rows(self) -> Iterator[bytes]:
        number = 0
        text = chain([self._text.record], self._text.blocks(()))
        for number, line in enumerate(self._lines(without_trailing_blank_lines(text)), start=1):
            fields = line.split()
            if len(fields) != len(self.header):
                self._refuse_other_count(number, line, len(fields))
            if number == 1:
                self._refuse_header(fields)
            if any(mark in line for mark in _MUST_BE_QUOTED):
                fields = [b'"' + field.replace(b'"', b'""') + b'"' for field in fields]
            yield b",".join(fields) + b"\n"
        if number == 0:
            raise InputRefused(f"{self._name}: there are only blank lines; export it again")

    def _lines(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield lines, whichever way they end and wherever a block cuts them."""
        number = 1
        tail = b""
        for block in blocks:
            self.bytes_done = self._text.bytes_done
            # The last one may go on in the next block, and a last \r may be half of \r\n.
            *lines, tail = (tail + block).splitlines(keepends=True)
            number += len(lines)
            if len(tail) > MAX_LINE_BYTES:
                raise InputRefused(
                    f"{self._name}: line {number} does not end within a MiB; check that the file "
                    "is text, one row a line"
                )
            yield from lines
        if tail:
            yield tail

    def _refuse_other_count(self, number: int, line: bytes, count: int) -> None:
        if not count:
            raise InputRefused(f"{self._name}: line {number}: a blank line; remove it")
        shown = shortened(line.decode("utf-8", errors="replace"))
        raise InputRefused(
            f"{self._name}: line {number} has {plural(count, 'field')} ('{shown}'), where the "
            f"contract has {len(self.header)} ({listed(self.header)}), separated by blanks; "
            "check the export"
        )

    def _refuse_header(self, fields: Sequence[bytes]) -> None:
        """Refuse a first line none of whose values can be what its column declares."""
        values = [field.decode("utf-8", errors="replace") for field in fields]
        typed = [
            re.search(PATTERNS[column.type], value)
            for column, value in zip(self._table.columns, values, strict=True)
            if column.type in PATTERNS
        ]
        if typed and not any(typed):
            raise InputRefused(
                f"{self._name}: line 1 ({listed(values)}) is a header or another table's row: "
                f"files of table {self._table.name} have no header; remove the line"
            )
