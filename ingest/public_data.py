"""Public data sets that are downloaded by name, and known by their checksum."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from ingest.download import Patience, Progress, Web
from ingest.own_folder import own_folder
from ingest.readers import file_sha256
from warehouse.errors import InputRefused, UsageError

CHUNK_BYTES = 1 << 20
PREFIX = ".fetch-"


@dataclass(frozen=True)
class PublicFile:
    """One file in a zip archive on the web."""

    host: str
    archive: str
    """Path of the archive on the host."""
    member: str
    """The file in the archive, and its name on disk."""
    size: int
    sha256: str
    source: str
    """The source that it can be loaded into."""
    about: str

    def url(self, base_url: str | None = None) -> str:
        """Return the URL of the archive, on its host or on another."""
        return (base_url or self.host).rstrip("/") + self.archive


PUBLIC_DATA = {
    "online_retail": PublicFile(
        host="https://archive.ics.uci.edu",
        archive="/static/public/352/online+retail.zip",
        member="Online Retail.xlsx",
        size=23_715_344,
        sha256="43465a06f2ccf7c8b5bd2892bc7defb52f97487934fe93b16ae4c3936424676d",
        source="online_retail",
        about="UCI Online Retail, D. Chen (2015), CC BY 4.0",
    ),
}


@dataclass(frozen=True)
class Fetched:
    """Where a data set lies."""

    data: PublicFile
    path: Path
    is_new: bool
    """False: it was there already, and nothing was downloaded."""


def fetch(
    name: str,
    folder: Path,
    progress: Progress,
    base_url: str | None = None,
    patience: Patience | None = None,
) -> Fetched:
    """Bring a public data set into a folder, unless it lies there already.

    Args:
        name: a key of PUBLIC_DATA.
        folder: made if missing.
        progress: told how much of the archive arrived.
        base_url: another host that has the archive under the same path.
        patience: how long to wait, and how often to try.

    Raises:
        UsageError: no data set of this name.
        InputRefused: it cannot be had, or is not the file that is known; nothing is stored.
    """
    data = _known(name)
    path = folder / data.member
    if _is_there(path, data):
        return Fetched(data, path, is_new=False)
    try:
        with own_folder(folder, PREFIX) as part:
            archive = part / data.archive.rpartition("/")[2]
            _save(data, archive, progress, base_url, patience)
            unpacked = part / data.member
            _unpack(data, archive, unpacked)
            os.replace(unpacked, path)
    except OSError as error:
        raise InputRefused(
            f"{path}: cannot be written ({error.strerror}); choose another folder with --to"
        ) from None
    return Fetched(data, path, is_new=True)


def _known(name: str) -> PublicFile:
    if name not in PUBLIC_DATA:
        raise UsageError(f"no public data set '{name}' is known: there is {', '.join(PUBLIC_DATA)}")
    return PUBLIC_DATA[name]


def _is_there(path: Path, data: PublicFile) -> bool:
    """Tell whether the file is there.

    Raises:
        InputRefused: another file of this name is there, which is not ours to replace.
    """
    if not path.exists():
        return False
    if file_sha256(path) == data.sha256:
        return True
    raise InputRefused(
        f"{path}: another file of this name is there (its SHA-256 is not that of {data.about}); "
        "move it away, or choose another folder with --to"
    )


def _save(
    data: PublicFile,
    archive: Path,
    progress: Progress,
    base_url: str | None,
    patience: Patience | None,
) -> None:
    with Web(patience) as web:
        try:
            web.save(data.url(base_url), archive, progress)
        except InputRefused as refused:
            raise InputRefused(
                f"{refused.message}; by hand: open {data.url()} in a browser, unpack "
                f"'{data.member}' and run clientele load {data.source} '{data.member}'"
            ) from None


def _unpack(data: PublicFile, archive: Path, target: Path) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with (
            zipfile.ZipFile(archive) as packed,
            packed.open(data.member) as member,
            target.open("wb") as file,
        ):
            # A little more than is expected is enough to know.
            while size <= data.size and (chunk := member.read(CHUNK_BYTES)):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
    except KeyError:
        raise _not_it(data, f"'{data.member}' is not in it") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _not_it(data, f"it cannot be unpacked ({error})") from None
    if size != data.size:
        raise _not_it(data, f"'{data.member}' is not of the {data.size:,} bytes that are known")
    if digest.hexdigest() != data.sha256:
        raise _not_it(data, f"the SHA-256 of '{data.member}' is {digest.hexdigest()}")


def _not_it(data: PublicFile, why: str) -> InputRefused:
    return InputRefused(
        f"{data.url()}: the archive is not the one that is known: {why}; nothing was stored. "
        f"If the site has a new edition, download it and run clientele load {data.source} on it"
    )
