"""What every reader hands to the loader."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol

BLOCK_BYTES = 1 << 20


class Input(Protocol):
    """One open file: its header, then its data as blocks of CSV bytes without the header.

    `blocks` may run in another thread; whoever calls it reads the attributes afterwards, except
    `bytes_done`, which may be read at any time.
    """

    header: tuple[str, ...]
    header_lines: int
    """Lines that the header takes, so that data line 1 is line header_lines + 1 of the file."""
    can_select: bool
    """Whether `blocks` leaves out columns by itself; otherwise it yields all of them."""
    bytes_done: int
    """Bytes of the file, as it lies on disk, that were read so far."""
    content_sha256: str
    """Hash of the content as CSV, header included; empty until `blocks` is exhausted."""
    file_sha256: str
    """Hash of the file as it lies on disk, or empty: then it was not read from start to end."""

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield CSV for the columns at these positions, about a MiB at a time.

        Raises:
            InputRefused: the content cannot be read to its end.
        """
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def as_csv_field(text: str) -> str:
    """Return a text as a quoted CSV field."""
    return '"' + text.replace('"', '""') + '"'


def header_hash(header: Sequence[str]) -> hashlib._Hash:
    """Return a SHA-256 that has seen the header as a CSV line."""
    line = ",".join(as_csv_field(cell) for cell in header) + "\n"
    return hashlib.sha256(line.encode("utf-8"))
