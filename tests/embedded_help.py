"""What the tests of the embedded server share."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse import embedded
from warehouse.settings import Settings, embedded_connection

PROJECT_DIR = Path(__file__).resolve().parents[1]

STARTER = """
import signal, sys, time
from pathlib import Path
from tests.embedded_help import embedded_settings
from warehouse import embedded
# Background jobs of a shell are born deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
print(embedded.start(embedded_settings(Path(sys.argv[1]))).port, flush=True)
time.sleep(float(sys.argv[2]))
"""


def folder_for_all() -> Path:
    """A new folder that every user can get into; pytest's own are closed when root runs it."""
    folder = Path(tempfile.mkdtemp(prefix="clientele-test-"))
    folder.chmod(0o755)
    return folder


def embedded_settings(home: Path) -> Settings:
    """Settings of an embedded server in this folder, whatever the environment says."""
    return Settings(
        project_dir=PROJECT_DIR,
        home_dir=home,
        connection=embedded_connection(home),
        embedded_port=own_port(home),
    )


def own_port(home: Path) -> int:
    """A port of this folder's own: a server that is stopped for a moment must not lose it to
    another test session. Below the range from which systems give out ports by themselves.
    """
    return 20_000 + zlib.crc32(str(home).encode()) % 12_000


@contextmanager
def removed(folder: Path) -> Iterator[Path]:
    """Stop and delete the server in `folder/home` and then the folder, whatever happens."""
    try:
        yield folder
    finally:
        embedded.destroy(embedded_settings(folder / "home"))
        shutil.rmtree(folder, ignore_errors=True)


def starter(home: Path, linger: float = 0) -> subprocess.Popen[str]:
    """Start the server from another process, which then lives on for `linger` seconds."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home), str(linger)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
