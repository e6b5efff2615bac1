"""CSV files, plain or gzip: the bytes pass through, checked but unparsed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from ingest.csv_header import line_count, parse_header, take_record
from ingest.file_kinds import refuse_nested
from ingest.inputs import BLOCK_BYTES
from ingest.text_check import TextCheck
from warehouse.errors import InputRefused

LINE_ENDS = b"\r\n"


class CsvInput:
    """An open CSV file. Blank lines at its end are dropped; all else arrives as it is."""

    can_select = False

    def __init__(self, path: Path, *, gzipped: bool) -> None:
        self._name = path.name
        self._file = path.open("rb")
        self._gzipped = gzipped
        self._check = TextCheck(self._name)
        self.bytes_done = 0
        self.content_sha256 = ""
        self._checked = self._read_checked()
        try:
            self.record, self._rest = take_record(self._name, self._checked)
        except BaseException:
            self.close()
            raise
        self.header = parse_header(self.record)
        self.header_lines = line_count(self.record)

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield everything after the header, whatever the positions.

        Raises:
            InputRefused: not UTF-8, NUL bytes, or damaged compression.
        """
        return without_trailing_blank_lines(self._after_header())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _after_header(self) -> Iterator[bytes]:
        if self._rest:
            yield self._rest
        yield from self._checked
        self.content_sha256 = self._check.finish()

    def _read_checked(self) -> Iterator[bytes]:
        for number, block in enumerate(self._read()):
            if number == 0 and self._gzipped:
                refuse_nested(self._name, block)
            self._check.feed(block)
            self.bytes_done = self._file.tell()
            yield block
        if self.bytes_done == 0:
            raise InputRefused(f"{self._name}: the file is empty; export it again")

    def _read(self) -> Iterator[bytes]:
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=self._file)) if self._gzipped else self._file
        try:
            while block := stream.read(BLOCK_BYTES):
                yield block
        except EOFError:
            raise InputRefused(
                f"{self._name}: the gzip file ends in the middle; copy it again completely"
            ) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InputRefused(
                f"{self._name}: the gzip file is damaged ({error}); copy it again"
            ) from None


def without_trailing_blank_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Drop line ends at the end of the stream: COPY would take a blank last line for a row."""
    held = b""
    for block in blocks:
        body = block.rstrip(LINE_ENDS)
        if body:
            yield held + block[: len(body)] if held else body
            held = block[len(body) :]
        else:
            held += block
