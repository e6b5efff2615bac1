"""Reads ahead in a thread, so that reading and checking overlap with the server's work."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

QUEUED_BLOCKS = 4
STOP_SECONDS = 0.1


class ReadAhead:
    """A file-like object for COPY over an iterator of blocks that runs in its own thread.

    zlib, hashing and the network let go of Python's lock, so the two really run side by side.
    """

    def __init__(self, blocks: Iterator[bytes], on_block: Callable[[], None]) -> None:
        self._blocks = blocks
        self._on_block = on_block
        self._queue: queue.Queue[bytes | BaseException] = queue.Queue(QUEUED_BLOCKS)
        self._stopped = threading.Event()
        self._ended = False
        self.failure: BaseException | None = None
        """What `read` raised, Ctrl-C too; COPY hides it behind an error of its own."""
        self._thread = threading.Thread(target=self._produce, name="read-ahead", daemon=True)
        self._thread.start()

    def read(self, size: int = -1) -> bytes:
        """Return the next block, of whatever size, and b"" at the end.

        Raises:
            BaseException: whatever the iterator raised.
        """
        try:
            return self._next()
        except BaseException as error:
            self.failure = error
            raise

    def _next(self) -> bytes:
        item = b"" if self._ended else self._queue.get()
        if isinstance(item, BaseException):
            raise item
        self._ended = not item
        self._on_block()
        return item

    def close(self) -> None:
        """Stop the thread and wait for it."""
        self._stopped.set()
        self._thread.join()

    def _produce(self) -> None:
        try:
            for block in self._blocks:
                if block and not self._put(block):
                    return
        except BaseException as error:
            self._put(error)
        else:
            self._put(b"")

    def _put(self, item: bytes | BaseException) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=STOP_SECONDS)
            except queue.Full:
                continue
            return True
        return False
