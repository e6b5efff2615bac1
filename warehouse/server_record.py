"""`postgres.json`: what is to be remembered about the embedded server, for its owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from warehouse.connection_info import ConnectionInfo
from warehouse.errors import DatabaseUnavailable

RECORD_NAME = "postgres.json"
HOST = "127.0.0.1"
USER = "clientele"
DATABASE = "clientele"


class ServerRecord(BaseModel):
    """The embedded server of one home folder: where its data lie and how to log in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int
    password: SecretStr
    user: str = USER
    dbname: str = DATABASE
    data_dir: Path

    @field_serializer("password", when_used="json")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()

    def connection(self) -> ConnectionInfo:
        """Return the connection to this server."""
        return ConnectionInfo(
            kind="embedded",
            host=HOST,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.dbname,
            sslmode="disable",
        )


def record_path(home_dir: Path) -> Path:
    """Return where the record of this home folder lies."""
    return home_dir / RECORD_NAME


def read_record(home_dir: Path) -> ServerRecord | None:
    """Return the record, or None if there is none or it cannot be understood.

    Raises:
        DatabaseUnavailable: the file belongs to somebody else.
    """
    path = record_path(home_dir)
    try:
        return ServerRecord.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValidationError, UnicodeDecodeError):
        return None
    except PermissionError:
        raise DatabaseUnavailable(
            f"{path} belongs to another user: run clientele as that user, "
            "or set CLIENTELE_HOME to a folder of your own"
        ) from None


def write_record(home_dir: Path, record: ServerRecord) -> None:
    """Write the record in one step, readable by the invoking user only."""
    write_private(record_path(home_dir), record.model_dump_json(indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace a file by this text in one step, with mode 600."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
