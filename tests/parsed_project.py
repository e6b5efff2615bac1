"""The project as dbt parses it, made once for all homes of a test session.

Parsing everything takes dbt longer than building a small shop. It takes a saved parse for its own
if that was made for the same connection, and every home has a port of its own: the port is changed
in the copy that a home gets. Nothing that is parsed depends on it, and where anything else differs
dbt parses everything as it would have done without.
"""

from __future__ import annotations

import os
import pprint
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgpack
import yaml

from tests.embedded_help import PROJECT_DIR
from warehouse.file_lock import file_lock
from warehouse.profile import EXAMPLE_NAME

SAVED = "partial_parse.msgpack"
SOURCES = "clientele_sources.txt"


@dataclass
class Place:
    """Where parses are kept while the tests run; all their processes share it."""

    folder: Path | None = None


PLACE = Place()


def lend(home_dir: Path, port: int, sources: str) -> None:
    """Put the parse of the project with these sources where dbt looks for that of the home."""
    if PLACE.folder is None:
        return
    with file_lock(PLACE.folder / f"parse-{sources}.lock", timeout=600):
        saved = _saved(PLACE.folder / f"parse-{sources or 'all'}", sources)
    parsed = msgpack.unpackb(saved.read_bytes(), strict_map_key=False)
    parsed["state_check"]["profile_hash"]["checksum"] = _checksum(port)
    target = home_dir / "target"
    target.mkdir(exist_ok=True)
    (target / SAVED).write_bytes(msgpack.packb(parsed))
    (target / SOURCES).write_text(sources, "utf-8")


def _saved(folder: Path, sources: str) -> Path:
    saved = folder / "target" / SAVED
    if not saved.exists():
        folder.mkdir(exist_ok=True)
        profile = {"clientele": {"target": "embedded", "outputs": {"embedded": _output(1)}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile), "utf-8")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLIENTELE_", "DBT_"))}
        command = [Path(sys.executable).with_name("dbt"), "parse", "--profiles-dir", str(folder)]
        command += ["--target-path", str(saved.parent), "--log-path", str(folder)]
        env = {**kept, "CLIENTELE_SOURCES": sources}
        done = subprocess.run(
            command, cwd=PROJECT_DIR, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    return saved


def _output(port: int) -> dict[str, object]:
    """The embedded server of profiles.example.yml."""
    text = (PROJECT_DIR / EXAMPLE_NAME).read_text("utf-8")
    output = yaml.safe_load(text)["clientele"]["outputs"]["embedded"]
    return output | {"port": port, "threads": 1}


def _checksum(port: int) -> str:
    """What dbt makes of the connection, to see whether a parse was made for it."""
    from dbt.adapters.postgres import PostgresCredentials

    output = {k: v for k, v in _output(port).items() if k not in ("type", "threads")}
    credentials = PostgresCredentials.from_dict(PostgresCredentials.translate_aliases(output))
    return sha256(pprint.pformat(sorted(credentials.connection_info())).encode()).hexdigest()
