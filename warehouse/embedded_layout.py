"""Where the embedded server keeps its things, and whether that place can be used."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import DatabaseUnavailable
from warehouse.postgres_binaries import MAJOR_VERSION, copy_binaries, wheel_bin_dir
from warehouse.server_record import read_record
from warehouse.server_user import ServerUser

SHARED_ROOT = Path("/var/lib/clientele")
SPACE_NEEDED = 200 * 1024 * 1024
ELSEWHERE = "or set CLIENTELE_HOME to another folder"


@dataclass(frozen=True)
class Layout:
    """The folders of one embedded server."""

    home_dir: Path
    cluster_dir: Path
    """Belongs to the server user; holds the data folder and, while that is made, its sibling."""
    bin_dir: Path
    user: ServerUser

    @property
    def data_dir(self) -> Path:
        """The Postgres data folder."""
        return self.cluster_dir / "data"

    @property
    def log_path(self) -> Path:
        """The server's log, in the home folder even when the data are elsewhere."""
        return self.home_dir / "postgres.log"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the data lie outside the home folder, out of reach of the server user."""
        return not self.cluster_dir.is_relative_to(self.home_dir)


def shared_dir(home_dir: Path) -> Path:
    """Return the folder below /var/lib that stands in for a home nobody else can reach."""
    return SHARED_ROOT / hashlib.sha256(str(home_dir).encode()).hexdigest()[:12]


def known_cluster_dir(home_dir: Path) -> Path | None:
    """Return where this home's data lie, or None if it has none yet.

    Data inside the home are found by their place and not by the recorded path, so that a
    project can be moved.
    """
    inside = home_dir / "postgres"
    record = read_record(home_dir)
    if record is not None and record.data_dir.is_relative_to(SHARED_ROOT):
        return record.data_dir.parent
    # os.path, which takes a folder that we may not look into for a missing one.
    return inside if record is not None or os.path.exists(inside / "data") else None


def folders_of(home_dir: Path) -> list[Path]:
    """Return every folder that this home's server uses, for deleting them."""
    cluster = known_cluster_dir(home_dir)
    found = {shared_dir(home_dir), home_dir / "postgres"}
    if cluster is not None:
        found.add(cluster.parent if cluster.is_relative_to(SHARED_ROOT) else cluster)
    return sorted(found)


def find_layout(home_dir: Path, user: ServerUser) -> Layout:
    """Return where this home's server lives; for root this may copy the programs.

    The data go into the home folder, except for root when the server user cannot get there
    (a checkout in /root, say): then below /var/lib, because opening up folders that are not
    ours is not our business.

    Raises:
        DatabaseUnavailable: the programs are missing, or cannot be copied.
    """
    cluster = known_cluster_dir(home_dir)
    if cluster is None:
        reachable = user.can_reach(home_dir)
        cluster = home_dir / "postgres" if reachable else shared_dir(home_dir) / "postgres"
    return Layout(home_dir, cluster, _reachable_bin_dir(home_dir, user), user)


def prepare_home(home_dir: Path) -> None:
    """Make the home folder if it is missing; several processes may do so at once.

    Raises:
        DatabaseUnavailable: it cannot be made or written to.
    """
    try:
        if not home_dir.exists():
            home_dir.parent.mkdir(parents=True, exist_ok=True)
            _make_passable(home_dir)
    except OSError as error:
        raise DatabaseUnavailable(
            f"cannot make the folder {home_dir} ({error.strerror}): "
            "set CLIENTELE_HOME to another folder"
        ) from error
    if not home_dir.is_dir() or not os.access(home_dir, os.W_OK | os.X_OK):
        raise DatabaseUnavailable(
            f"{home_dir} is not a folder that you can write to: "
            "set CLIENTELE_HOME to another folder"
        )


def prepare_cluster_dir(layout: Layout) -> None:
    """Make the folder around the data folder, for the server user only.

    Raises:
        DatabaseUnavailable: it cannot be made, or the server user cannot get there.
    """
    folder = layout.cluster_dir
    try:
        if layout.is_elsewhere:
            for above in (folder.parents[1], folder.parent):
                above.mkdir(parents=True, exist_ok=True)
                above.chmod(0o755)
        folder.mkdir(exist_ok=True)
        if not layout.user.is_me and folder.stat().st_uid == os.geteuid():
            os.chown(folder, layout.user.uid, layout.user.gid)
            folder.chmod(0o700)
    except OSError as error:
        raise DatabaseUnavailable(
            f"cannot make the folder {folder} ({error.strerror}): make it writable, {ELSEWHERE}"
        ) from error
    _check_owner(folder, layout.user)
    if not layout.user.can_reach(folder):
        raise DatabaseUnavailable(
            f"user {layout.user.name}, who runs Postgres, cannot get to {folder}: "
            f"let everybody pass through the folders above it, {ELSEWHERE}"
        )


def has_data(layout: Layout) -> bool:
    """Whether the data folder holds a database that we can run; False if it is still to be made.

    Raises:
        DatabaseUnavailable: the folder is taken: by other files, another version of Postgres,
            or another user.
    """
    data = layout.data_dir
    if not data.exists():
        return False
    if not data.is_dir():
        raise DatabaseUnavailable(f"{data} is in the way: move that file away, {ELSEWHERE}")
    _check_owner(data, layout.user)
    version = data / "PG_VERSION"
    if not version.exists():
        if not any(data.iterdir()):
            return False
        raise DatabaseUnavailable(
            f"{data} holds files that are not a Postgres database: move them away, {ELSEWHERE}"
        )
    _check_version(data, version.read_text(encoding="ascii", errors="replace").strip())
    return True


def check_space(folder: Path) -> None:
    """Make sure that a new database fits on the disk.

    Raises:
        DatabaseUnavailable: less than 200 MB are free.
    """
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED:
        raise DatabaseUnavailable(
            f"only {free // 2**20} MB are free below {folder}, and a new database "
            f"needs {SPACE_NEEDED // 2**20} MB: free some space, {ELSEWHERE}"
        )


def _make_passable(folder: Path) -> None:
    """Make a folder that the server user can pass through, unless another process just did.

    Passable whatever our umask is; the files in it stay private. It gets its name only when it
    is, so that nobody who finds it takes it for a folder that the server user cannot reach.
    """
    made = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        made.chmod(0o755)
        made.rename(folder)
    except OSError:
        made.rmdir()
        if not folder.is_dir():
            raise


def _reachable_bin_dir(home_dir: Path, user: ServerUser) -> Path:
    wheel = wheel_bin_dir()
    if user.can_reach(wheel / "postgres"):
        return wheel
    try:
        return copy_binaries(wheel, shared_dir(home_dir))
    except OSError as error:
        raise DatabaseUnavailable(
            f"user {user.name}, who runs Postgres, cannot get to {wheel}, and it cannot be copied "
            f"to {SHARED_ROOT} ({error.strerror}): set CLIENTELE_DATABASE_URL to another server"
        ) from error


def _check_owner(folder: Path, user: ServerUser) -> None:
    owner = folder.stat().st_uid
    if owner != user.uid:
        name = _user_name(owner)
        raise DatabaseUnavailable(
            f"{folder} belongs to user {name}, but Postgres would run as {user.name}: "
            f"run clientele as {name} (as root: set CLIENTELE_SERVER_USER={name}), {ELSEWHERE}"
        )


def _check_version(data: Path, found: str) -> None:
    if found != str(MAJOR_VERSION):
        raise DatabaseUnavailable(
            f"{data} was made by Postgres {found}, but this is Postgres {MAJOR_VERSION}: "
            f"move the folder away (pg_dump with Postgres {found} saves its content), {ELSEWHERE}"
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
