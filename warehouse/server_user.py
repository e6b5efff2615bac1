"""Running Postgres as somebody who is not root, because Postgres refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from warehouse.errors import DatabaseUnavailable, UsageError

DEFAULT_SERVER_USER = "clientele"


@dataclass(frozen=True)
class ServerUser:
    """The system user that owns the data folder and runs the server programs."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        """Whether that is who we are already."""
        return self.uid == os.geteuid()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        stdin_text: str | None = None,
        stdout: int | IO[Any] = subprocess.PIPE,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, away from our terminal, and return what it said.

        Raises:
            DatabaseUnavailable: the program could not be run at all.
        """
        other: dict[str, Any] = {}
        if not self.is_me:
            other = {"user": self.uid, "group": self.gid, "extra_groups": []}
        try:
            return subprocess.run(
                [str(part) for part in command],
                input=stdin_text if stdin_text is not None else "",
                stdout=stdout,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
                cwd="/",
                env=_clean_environment(),
                umask=0o077,
                # A session of its own: Ctrl-C in this terminal must not reach the server.
                start_new_session=True,
                **other,
            )
        except OSError as error:
            raise DatabaseUnavailable(
                f"cannot run {Path(command[0]).name} as user {self.name} ({error.strerror}): "
                "set CLIENTELE_DATABASE_URL to use a server of your own"
            ) from error

    def can_reach(self, path: Path) -> bool:
        """Whether this user may pass through every folder above `path` and see it.

        Asked by trying, since mode bits alone do not tell the effect of access lists.
        """
        if self.is_me:
            return True
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", path]).returncode == 0


def server_user(wanted: str | None, existing: Path | None = None) -> ServerUser:
    """Return ourselves, or for root the user that runs the server in its place.

    Args:
        wanted: the name of that user, for root.
        existing: a folder of a server made earlier; without a wanted user its owner is taken.

    Raises:
        UsageError: the wanted user does not exist, or is root.
        DatabaseUnavailable: the default user cannot be created.
    """
    if os.geteuid() != 0:
        return _by_number(os.geteuid(), os.getegid())
    if wanted:
        return _wanted_user(wanted)
    if existing is not None and existing.exists() and existing.stat().st_uid != 0:
        return _by_number(existing.stat().st_uid, existing.stat().st_gid)
    return _lookup(DEFAULT_SERVER_USER) or _create_user(DEFAULT_SERVER_USER)


def _wanted_user(name: str) -> ServerUser:
    found = _lookup(name)
    if found is None:
        raise UsageError(f"CLIENTELE_SERVER_USER is '{name}', and there is no such system user")
    if found.uid == 0:
        raise UsageError(
            "CLIENTELE_SERVER_USER must not be root, since Postgres refuses to run as root"
        )
    return found


def _by_number(uid: int, gid: int) -> ServerUser:
    """Containers often run under a number that no name belongs to."""
    try:
        return _entry(pwd.getpwuid(uid))
    except KeyError:
        return ServerUser(str(uid), uid, gid)


def _entry(row: pwd.struct_passwd) -> ServerUser:
    return ServerUser(row.pw_name, row.pw_uid, row.pw_gid)


def _lookup(name: str) -> ServerUser | None:
    try:
        return _entry(pwd.getpwnam(name))
    except KeyError:
        return None


def _create_user(name: str) -> ServerUser:
    advice = "set CLIENTELE_SERVER_USER to an ordinary user, or CLIENTELE_DATABASE_URL to a server"
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        raise DatabaseUnavailable(
            "Postgres does not run as root, and there is no useradd to make "
            f"a user for it: {advice}"
        )
    made = subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        capture_output=True,
        text=True,
        check=False,
    )
    found = _lookup(name)  # another process may have been faster, which is as good
    if found is None:
        said = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise DatabaseUnavailable(f"cannot create the system user {name} ({said[0]}): {advice}")
    return found


def _clean_environment() -> dict[str, str]:
    """Our environment without what changes the meaning of the server programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}
