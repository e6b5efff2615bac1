"""Excel workbooks. A workbook cannot be streamed, so its size is limited."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine as calamine

from ingest.inputs import BLOCK_BYTES, as_csv_field, header_hash
from ingest.text import listed
from warehouse.errors import InputRefused

MAX_FILE_BYTES = 100 * 1000 * 1000
MAX_UNPACKED_BYTES = 1000 * 1000 * 1000
MAX_ROWS = 1_048_576
WORKBOOK_MEMBER = "xl/workbook.xml"


class XlsxInput:
    """The sheet named like the table, else the only one with rows. Its first row is the header.

    The whole sheet is held in memory: at most 100 MB on disk, 1 GB unpacked, 1,048,576 rows.
    """

    can_select = True
    header_lines = 1

    def __init__(self, path: Path, table_name: str) -> None:
        self._name = path.name
        self._size = path.stat().st_size
        _refuse_unfit(path, self._size)
        try:
            self._rows = self._sheet_rows(path, table_name)
        except (calamine.CalamineError, OSError) as error:
            raise InputRefused(_damaged(self._name, error)) from None
        self.header = tuple(_plain_text(cell).strip() for cell in next(self._rows, []))
        self.bytes_done = 0
        self.content_sha256 = ""
        self.file_sha256 = ""

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield the columns at these positions, in their order. Blank rows at the end are dropped.

        Raises:
            InputRefused: a text that cannot be stored.
        """
        digest = header_hash([self.header[at] for at in positions])
        for block in _gathered(_lines(self._rows, positions)):
            if b"\0" in block:
                raise InputRefused(f"{self._name}: a text holds a NUL character; remove it")
            digest.update(block)
            yield block
        self.content_sha256 = digest.hexdigest()
        self.bytes_done = self._size

    def close(self) -> None:
        """Let go of the sheet."""
        self._rows = iter(())

    def _sheet_rows(self, path: Path, table_name: str) -> Iterator[list[Any]]:
        # From the bytes: given a path, the library goes by its suffix.
        with path.open("rb") as file, calamine.CalamineWorkbook.from_filelike(file) as book:
            names = {name.strip().casefold(): name for name in book.sheet_names}
            if not names:
                raise InputRefused(f"{self._name}: the workbook has no sheet; export it again")
            chosen = names.get(table_name.casefold())
            if chosen is None:
                chosen = self._only_sheet(book, table_name)
            sheet = book.get_sheet_by_name(chosen)
        if sheet.total_height > MAX_ROWS:
            raise InputRefused(
                f"{self._name}: sheet {listed([chosen])} has {sheet.total_height:,} rows, over the "
                f"limit of {MAX_ROWS:,}; save it as CSV"
            )
        return iter(sheet.to_python(skip_empty_area=False))

    def _only_sheet(self, book: calamine.CalamineWorkbook, table_name: str) -> str:
        """Return the one sheet with rows: to leave some out without a word is no choice."""
        filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).total_height]
        if len(filled) > 1:
            raise InputRefused(
                f"{self._name}: sheets {listed(filled)} hold rows, none is named like the table; "
                f"name one of them {table_name}, or save each as a file of its own"
            )
        return str(filled[0] if filled else book.sheet_names[0])


def _refuse_unfit(path: Path, size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise InputRefused(
            f"{path.name}: the workbook has {size / 1e6:,.0f} MB, over the limit of "
            f"{MAX_FILE_BYTES / 1e6:,.0f} MB, since it cannot be streamed; save it as CSV"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InputRefused(_damaged(path.name, error)) from None
    if all(member.filename != WORKBOOK_MEMBER for member in members):
        raise InputRefused(f"{path.name}: a zip archive, not a workbook; unpack it first")
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise InputRefused(f"{path.name}: the workbook unpacks to over 1 GB; save it as CSV")


def _damaged(name: str, error: Exception) -> str:
    reason = " ".join(str(error).split())[:200]
    return f"{name}: the workbook cannot be read ({reason}); save it again without a password"


def _lines(rows: Iterator[list[Any]], positions: Sequence[int]) -> Iterator[str]:
    blank_line = ",".join("" for _ in positions) + "\n"
    blanks = 0
    for row in rows:
        line = ",".join(_field(row[at]) for at in positions) + "\n"
        if line == blank_line:
            blanks += 1
            continue
        yield from (blank_line for _ in range(blanks))
        blanks = 0
        yield line


def _gathered(lines: Iterator[str]) -> Iterator[bytes]:
    """Join lines into blocks of about a MiB."""
    block = bytearray()
    for line in lines:
        block += line.encode("utf-8", errors="replace")
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _field(cell: object) -> str:
    text = _plain_text(cell)
    return as_csv_field(text) if isinstance(cell, str) and text else text


def _plain_text(cell: object) -> str:
    """Return a cell as staging can cast it. Excel has only floats: whole ones are integers."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)
