"""JSON lines, plain or gzip: one object a line, read twice, so that every key is known at first."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from ingest.file_kinds import BOM, HEAD_BYTES, is_json_object
from ingest.gzip_damage import refuse_damage
from ingest.inputs import BLOCK_BYTES, as_csv_field, header_hash
from ingest.json_objects import BadLine, as_text, parse_object
from ingest.text import plural
from warehouse.errors import InputRefused

SUFFIXES = (".jsonl", ".ndjson")
MAX_LINE_BYTES = 1 << 24
MAX_KEYS = 1600
"""As many as Postgres has columns in a table; beyond, ids are used as keys."""


class JsonlInput:
    """An open file of JSON lines. Its header is every key that any of its objects has.

    A first pass over the file parses every line and collects the keys, in the order in which they
    appear; `blocks` is the second. So a broken line, a missing column and an unknown one are
    found before anything is sent, and memory holds one line at a time.
    """

    can_select = True
    header_lines = 0

    def __init__(self, path: Path, *, gzipped: bool) -> None:
        self._path = path
        self._name = path.name
        self._gzipped = gzipped
        self.bytes_done = 0
        self.content_sha256 = ""
        self.file_sha256 = ""
        self.header = self._keys()

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield the values of the keys at these positions, in their order. Blank lines are no rows.

        Raises:
            InputRefused: the file changed since it was opened.
        """
        names = [self.header[at] for at in positions]
        digest = header_hash(names)
        block = bytearray()
        for found in self._objects():
            block += (",".join([_field(found.get(name)) for name in names]) + "\n").encode()
            if len(block) >= BLOCK_BYTES:
                digest.update(block)
                yield bytes(block)
                block.clear()
        digest.update(block)
        yield bytes(block)
        self.content_sha256 = digest.hexdigest()

    def close(self) -> None:
        """Do nothing: the file is closed after each pass."""

    def _keys(self) -> tuple[str, ...]:
        keys: dict[str, None] = {}
        for found in self._objects():
            keys.update(dict.fromkeys(found))
            if len(keys) > MAX_KEYS:
                raise InputRefused(
                    f"{self._name}: over {plural(MAX_KEYS, 'key')} in its objects; write one row a "
                    "line, with the same few keys in each"
                )
        return tuple(keys)

    def _objects(self) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(self._lines(), start=1):
            if line.isspace():
                continue
            try:
                yield parse_object(line)
            except BadLine as error:
                raise InputRefused(f"{self._name}: line {number}: {error}") from None

    def _lines(self) -> Iterator[bytes]:
        with self._path.open("rb") as file, refuse_damage(self._name):
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if self._gzipped else file
            for number, line in enumerate(_short_lines(stream), start=1):
                if len(line) > MAX_LINE_BYTES:
                    raise InputRefused(
                        f"{self._name}: line {number} is longer than "
                        f"{MAX_LINE_BYTES >> 20} MiB; write one object a line, e.g. jq -c '.[]'"
                    )
                self.bytes_done = file.tell()
                yield line if number > 1 else line.removeprefix(BOM)


def is_jsonl(path: Path, kind: str) -> bool:
    """Tell whether a file that is text or gzip holds JSON lines, by its start or by its name."""
    names = (*SUFFIXES, *(f"{suffix}.gz" for suffix in SUFFIXES))
    if kind == "gzip":
        return path.name.casefold().endswith(names) or is_json_object(_unpacked_head(path))
    return kind == "jsonl" or (kind == "csv" and path.name.casefold().endswith(names))


def _unpacked_head(path: Path) -> bytes:
    """Return the start of what is packed; damage is told by whoever reads it all."""
    try:
        with gzip.open(path) as file:
            return file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error):
        return b""


def _short_lines(stream: BinaryIO) -> Iterable[bytes]:
    return iter(lambda: stream.readline(MAX_LINE_BYTES + 1), b"")


def _field(value: object) -> str:
    """Return a value as a CSV field: null as nothing, an empty text between quotes."""
    text = as_text(value)
    if text is None:
        return ""
    return as_csv_field(text)
