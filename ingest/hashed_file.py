"""A file that is hashed as it is read, so that nobody has to read it twice."""

from __future__ import annotations

import hashlib
from typing import BinaryIO


class HashedFile:
    """What gzip needs of a file opened for reading, and the hash of what it took."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def hexdigest(self) -> str:
        """Return the SHA-256 of all bytes read so far."""
        return self._hash.hexdigest()
