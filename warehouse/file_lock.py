"""One process at a time starts, stops or deletes the embedded server."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import Busy, DatabaseUnavailable


@contextmanager
def file_lock(path: Path, timeout: float = 120.0) -> Iterator[None]:
    """Hold an exclusive lock on a file; the system frees it when the process ends.

    Args:
        path: the lock file, made if missing and left behind.
        timeout: how many seconds to wait for another holder.

    Raises:
        Busy: another process kept the lock for longer than that.
        DatabaseUnavailable: the file belongs to somebody else.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnavailable(
            f"cannot open {path} ({error.strerror}): run clientele as the user who owns it, "
            "or set CLIENTELE_HOME to another folder"
        ) from error
    try:
        _acquire(handle, path, timeout)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, timeout: float) -> None:
    end = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise Busy(
                    f"another clientele process is starting or stopping Postgres ({path} is "
                    "locked): wait for it or stop it"
                ) from None
            time.sleep(0.05)
