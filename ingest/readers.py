"""Open a file for loading, whatever its format."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ingest.blank_separated_input import BlankSeparatedInput
from ingest.contract import Table
from ingest.csv_header import DELIMITERS, parse_header
from ingest.csv_input import CsvInput
from ingest.file_kinds import HEAD_BYTES, kind_of
from ingest.header_match import overlap
from ingest.inputs import BLOCK_BYTES, Input
from ingest.jsonl_input import JsonlInput, is_jsonl
from ingest.text import listed
from warehouse.errors import InputRefused


def open_input(path: Path, table: Table, *, check_text: bool) -> Input:
    """Open a file by what it holds, not by its name, and read its header.

    Args:
        path: the file.
        table: where it is to go.
        check_text: find what is not UTF-8 in a CSV file; a server that stores UTF-8 finds it too.

    Raises:
        InputRefused: not a format that is read, damaged, or columns that no comma separates.
    """
    kind = kind_of(path.name, _head(path))
    if kind == "parquet":
        from ingest.parquet_input import ParquetInput  # noqa: PLC0415 (pyarrow takes 0.2 s)

        return ParquetInput(path)
    if kind == "xlsx":
        from ingest.xlsx_input import XlsxInput  # noqa: PLC0415

        return XlsxInput(path, table.name)
    if is_jsonl(path, kind):
        return JsonlInput(path, gzipped=kind == "gzip")
    if table.layout == "blanks":
        return BlankSeparatedInput(path, table, gzipped=kind == "gzip", check_text=check_text)
    opened = CsvInput(path, gzipped=kind == "gzip", check_text=check_text)
    try:
        _refuse_other_delimiter(path.name, opened.record, opened.header, table)
        _refuse_other_name(path.name, opened.header, table)
    except InputRefused:
        opened.close()
        raise
    return opened


def file_sha256(path: Path) -> str:
    """Return the hash of a file as it lies on disk.

    Raises:
        InputRefused: missing, not a file, or not readable.
    """
    refuse_unreadable(path)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def refuse_unreadable(path: Path) -> None:
    """Refuse what cannot be opened as a file.

    Raises:
        InputRefused: missing, not a regular file, or not readable.
    """
    try:
        path.name.encode()
        if path.is_symlink() and not path.exists():
            raise InputRefused(f"{path}: a link that leads to no file; name the file itself")
        if not path.exists():
            raise InputRefused(f"{path}: there is no such file; check the name")
        if not path.is_file():
            raise InputRefused(f"{path}: not a regular file; save the data to a file first")
        with path.open("rb"):
            return
    except UnicodeEncodeError:
        raise InputRefused(f"{path}: the name is not UTF-8; rename the file") from None
    except OSError as error:
        raise InputRefused(
            f"{path}: cannot be read ({error.strerror}); check its name and its rights"
        ) from None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _refuse_other_name(name: str, header: Sequence[str], table: Table) -> None:
    """Refuse text that is named like a workbook, unless it is CSV with columns that fit."""
    for suffix, what in (("xlsx", "an Excel workbook"), ("parquet", "a Parquet file")):
        if name.casefold().endswith(f".{suffix}") and not overlap(header, table):
            raise InputRefused(
                f"{name}: named like {what}, but it holds text without any column of table "
                f"{table.name}; export it again as .{suffix} or as CSV"
            )


def _refuse_other_delimiter(name: str, record: bytes, header: Sequence[str], table: Table) -> None:
    with_commas = overlap(header, table)
    for delimiter, words in DELIMITERS.items():
        cells = parse_header(record, delimiter)
        if overlap(cells, table) > with_commas:
            raise InputRefused(
                f"{name}: the columns ({listed(cells)}) are separated by {words}; "
                "save it with commas (CSV UTF-8)"
            )
