"""Small services around the embedded server's files: how large, which version, delete, rotate."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from warehouse.errors import DatabaseUnavailable

LOG_LIMIT = 10 * 1024 * 1024


def size_of(folder: Path) -> int:
    """Return the bytes of all files below; files that vanish meanwhile count as nothing."""
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:
                continue
    return total


def version_of(data_dir: Path) -> str | None:
    """Return the major version of Postgres that made this data folder, or None."""
    try:
        return (data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError:
        return None


def delete(folder: Path) -> None:
    """Delete a folder with all it holds, if it is there.

    Raises:
        DatabaseUnavailable: it cannot be deleted.
    """
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise DatabaseUnavailable(
            f"cannot delete {error.filename or folder} ({error.strerror}): delete it by hand"
        ) from error


def rotate(log: Path) -> None:
    """Keep the log and one before it; only now, since a running server holds it open."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))
