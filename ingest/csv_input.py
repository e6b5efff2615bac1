"""CSV files, plain or gzip: the bytes pass through, hashed but unparsed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from ingest.csv_header import line_count, parse_header, take_record
from ingest.file_kinds import refuse_nested
from ingest.gzip_damage import refuse_damage
from ingest.hashed_file import HashedFile
from ingest.inputs import BLOCK_BYTES
from ingest.text_check import TextCheck
from warehouse.errors import InputRefused

LINE_ENDS = b"\r\n"


class CsvInput:
    """An open CSV file. Blank lines at its end are dropped; all else arrives as it is.

    Its text is checked as far as it is read for the header. Who wants to know more than the server
    says about the rest asks for `check_text`.
    """

    can_select = False

    def __init__(self, path: Path, *, gzipped: bool, check_text: bool = True) -> None:
        self._name = path.name
        self._file = path.open("rb")
        self._packed = HashedFile(self._file) if gzipped else None
        self._check: TextCheck | None = TextCheck(self._name)
        self._hash = hashlib.sha256()
        self.bytes_done = 0
        self.content_sha256 = ""
        self.file_sha256 = ""
        self._hashed = self._read_hashed()
        try:
            self.record, self._rest = take_record(self._name, self._hashed)
        except BaseException:
            self.close()
            raise
        if not check_text:
            self._check = None
        self.header = parse_header(self.record)
        self.header_lines = line_count(self.record)

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield everything after the header, whatever the positions.

        Raises:
            InputRefused: damaged compression; with `check_text` also not UTF-8, or NUL bytes.
        """
        return without_trailing_blank_lines(self._after_header())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _after_header(self) -> Iterator[bytes]:
        if self._rest:
            yield self._rest
        yield from self._hashed
        if self._check:
            self._check.finish()
        self.content_sha256 = self._hash.hexdigest()
        self.file_sha256 = self._packed.hexdigest() if self._packed else self.content_sha256

    def _read_hashed(self) -> Iterator[bytes]:
        for number, block in enumerate(self._read()):
            if number == 0 and self._packed:
                refuse_nested(self._name, block)
            self._hash.update(block)
            if self._check:
                self._check.feed(block)
            self.bytes_done = self._file.tell()
            yield block
        if self.bytes_done == 0:
            raise InputRefused(f"{self._name}: the file is empty; export it again")

    def _read(self) -> Iterator[bytes]:
        stream: BinaryIO = self._file
        if self._packed:
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, self._packed)))
        with refuse_damage(self._name):
            while block := stream.read(BLOCK_BYTES):
                yield block


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
