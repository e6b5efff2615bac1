"""Checks a stream of blocks on its way: UTF-8 and no NUL bytes."""

from __future__ import annotations

import codecs

from warehouse.errors import InputRefused


class TextCheck:
    """Feed it every block in order, then call `finish`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tail = b""  # the start of a character that the last block cut in two
        self._lines = 0
        self._bytes = 0

    def feed(self, block: bytes) -> None:
        """Check and count one block.

        Raises:
            InputRefused: not UTF-8, or a NUL byte; the message has the line and the byte.
        """
        if b"\0" in block:
            raise InputRefused(self._nul(block))
        data = self._tail + block if self._tail else block
        self._tail = data[self._decode(data, final=False) :]
        self._lines += block.count(b"\n")
        self._bytes += len(block)

    def finish(self) -> None:
        """Check what is left.

        Raises:
            InputRefused: the content ends in the middle of a character.
        """
        self._decode(self._tail, final=True)

    def _decode(self, data: bytes, final: bool) -> int:
        """Return how many bytes of `data` are whole characters."""
        try:
            return codecs.utf_8_decode(data, "strict", final)[1]
        except UnicodeDecodeError as error:
            raise InputRefused(self._encoding(data, error.start)) from None

    def _encoding(self, data: bytes, start: int) -> str:
        line = self._lines + data.count(b"\n", 0, start) + 1
        offset = self._bytes - len(self._tail) + start + 1
        return (
            f"{self._name}: line {line}: byte {offset:,} (0x{data[start]:02x}) is not UTF-8; "
            "save the file as UTF-8, e.g. iconv -f latin1 -t utf-8"
        )

    def _nul(self, block: bytes) -> str:
        at = block.index(b"\0")
        line = self._lines + block.count(b"\n", 0, at) + 1
        return (
            f"{self._name}: line {line}: byte {self._bytes + at + 1:,} is NUL, so this is no text; "
            "if it is UTF-16, save it as UTF-8, e.g. iconv -f utf-16 -t utf-8"
        )
