"""Where the project is and which database it uses: decided once, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from warehouse.connection_info import ConnectionInfo, server_connection
from warehouse.errors import UsageError
from warehouse.server_record import DATABASE, HOST, USER, read_record

HOME_NAME = ".clientele"


class Settings(BaseModel):
    """What every command needs to know. `load_settings` makes it from the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project_dir: Path
    home_dir: Path
    connection: ConnectionInfo
    embedded_port: int | None = None
    """The port asked for in CLIENTELE_PORT; None keeps the recorded one."""
    server_user: str | None = None
    """The system user that runs the embedded server when we are root (CLIENTELE_SERVER_USER)."""
    tasks: tuple[str, ...] = ()
    """The tasks that are trained and scored where none is named (CLIENTELE_TASKS); empty: all."""

    @field_validator("project_dir", "home_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        # The server's programs run in another folder than we do.
        return folder.expanduser().resolve()

    @property
    def target_dir(self) -> Path:
        """Where dbt keeps its manifest: the project's `target/`, or that of another home folder."""
        is_default = self.home_dir == self.project_dir / HOME_NAME
        return (self.project_dir if is_default else self.home_dir) / "target"

    def with_connection(self, connection: ConnectionInfo) -> Settings:
        """Return the same settings with another connection."""
        return self.model_copy(update={"connection": connection})


def load_settings(env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Read the settings from the environment; nothing is started and nothing is written.

    CLIENTELE_DATABASE_URL comes first, then PGHOST and the other PG* variables, and with
    neither the connection is that of the embedded server.

    Args:
        env: the environment, default `os.environ`.
        cwd: where to look for the project from, default the current folder.

    Raises:
        UsageError: no project here, or a variable that cannot be used.
    """
    found = os.environ if env is None else env
    start = (cwd or Path.cwd()).resolve()
    project = _project_dir(found, start)
    home = _home_dir(found, start, project)
    return Settings(
        project_dir=project,
        home_dir=home,
        connection=server_connection(found) or embedded_connection(home),
        embedded_port=_port(found),
        server_user=found.get("CLIENTELE_SERVER_USER") or None,
        tasks=_names(found.get("CLIENTELE_TASKS", "")),
    )


def embedded_connection(home_dir: Path) -> ConnectionInfo:
    """Return the connection to the embedded server of this home; port 0 before its first start."""
    record = read_record(home_dir)
    if record is not None:
        return record.connection()
    return ConnectionInfo(kind="embedded", host=HOST, port=0, user=USER, dbname=DATABASE)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _project_dir(env: Mapping[str, str], start: Path) -> Path:
    named = env.get("CLIENTELE_PROJECT_DIR")
    candidates = [(start / named).resolve()] if named else [start, *start.parents]
    for folder in candidates:
        if (folder / "dbt_project.yml").is_file():
            return folder
    if named:
        raise UsageError(f"CLIENTELE_PROJECT_DIR is {named}, which holds no dbt_project.yml")
    raise UsageError(
        f"no dbt_project.yml in {start} or above: "
        "go to the Clientele project or set CLIENTELE_PROJECT_DIR"
    )


def _home_dir(env: Mapping[str, str], start: Path, project: Path) -> Path:
    named = env.get("CLIENTELE_HOME")
    return (start / Path(named).expanduser()).resolve() if named else project / HOME_NAME


def _port(env: Mapping[str, str]) -> int | None:
    text = env.get("CLIENTELE_PORT")
    if not text:
        return None
    if not text.isdecimal() or not 1024 <= int(text) < 65536:
        raise UsageError(f"CLIENTELE_PORT is '{text}': give a number from 1024 to 65535")
    return int(text)
