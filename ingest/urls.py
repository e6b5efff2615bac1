"""URLs where paths are expected: downloaded to a folder that goes away afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import requests

from ingest.download import Patience, Progress, Web, checked_url, shown
from ingest.given import is_url
from ingest.matching import SUFFIXES
from ingest.own_folder import own_folder
from ingest.text import plural
from warehouse.errors import InputRefused

DOWNLOADS = "downloads"
PREFIX = "load-"
MAX_INDEX_BYTES = 10 * 1000 * 1000
MAX_FILES = 10_000


@contextmanager
def local_paths(
    given: Sequence[str | Path],
    home_dir: Path,
    progress: Progress,
    patience: Patience | None = None,
) -> Iterator[list[Path]]:
    """Yield a path for each path or URL, in their order; downloads are deleted at the end.

    A URL that ends in "/" and answers with a web page is a folder: the files that its links name
    and that are of a format that is read. Paths are passed on as they are.

    Args:
        given: paths, and http or https URLs.
        home_dir: downloads lie in a folder of it.
        progress: told how much of each file arrived.
        patience: how long to wait, and how often to try.

    Raises:
        UsageError: a URL that is none, or of another scheme.
        InputRefused: a URL that cannot be downloaded as a whole.
    """
    urls = {at: checked_url(str(one)) for at, one in enumerate(given) if is_url(str(one))}
    if not urls:
        yield [Path(one) for one in given]
        return
    with own_folder(home_dir / DOWNLOADS, PREFIX) as folder, Web(patience) as web:
        paths = []
        for at, one in enumerate(given):
            if at not in urls:
                paths.append(Path(one))
                continue
            target = folder / str(at)
            target.mkdir()
            paths.append(_download(web, urls[at], target, progress))
        yield paths


def _download(web: Web, url: str, folder: Path, progress: Progress) -> Path:
    """Return the file that was stored, or the folder when the URL is an index."""
    asked = _name_in(url)
    if _is_file_name(asked) and asked.casefold().endswith(SUFFIXES):
        web.save(url, folder / asked, progress)
        return folder / asked
    with web.get(url) as response:
        found = _index_files(response) if _is_index(response) else None
        name = _file_name(url, response)
    if found is None:
        web.save(url, folder / name, progress)
        return folder / name
    for link in found:
        web.save(link, folder / _name_in(link), progress)
    return folder


def _is_index(response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "text/html" and urlsplit(response.url).path.endswith("/")


def _index_files(response: requests.Response) -> list[str]:
    """Return the URLs of the files directly in an index, in the order of their names."""
    page = bytearray()
    for chunk in response.iter_content(1 << 16):
        page += chunk
        if len(page) > MAX_INDEX_BYTES:
            raise InputRefused(f"{shown(response.url)}: the page is too long for an index of files")
    links = _Links()
    links.feed(page.decode(response.encoding or "utf-8", errors="replace"))
    found = sorted(set(files_among(response.url, links.found)), key=_name_in)
    if not found:
        raise InputRefused(
            f"{shown(response.url)}: the page links to no file in this folder that is read "
            f"({', '.join(SUFFIXES)}); give the URL of the file itself"
        )
    if len(found) > MAX_FILES:
        raise InputRefused(
            f"{shown(response.url)}: {plural(len(found), 'file')}, over {MAX_FILES:,}"
        )
    return found


def files_among(folder_url: str, links: Sequence[str]) -> Iterator[str]:
    """Yield the links that name a supported file directly in the folder of this URL."""
    folder = urlsplit(folder_url)
    for link in links:
        try:
            parts = urlsplit(urljoin(folder_url, link))
        except ValueError:
            continue
        same_place = (parts.scheme, parts.netloc) == (folder.scheme, folder.netloc)
        if not same_place or not parts.path.startswith(folder.path):
            continue
        name = unquote(parts.path[len(folder.path) :])
        if _is_file_name(name) and name.casefold().endswith(SUFFIXES):
            yield urlunsplit(parts._replace(query="", fragment=""))


class _Links(HTMLParser):
    """The targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the href of an <a>."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _file_name(url: str, response: requests.Response) -> str:
    """Return the first name with a known suffix: as asked for, as announced, or as redirected."""
    announced = re.search(
        r'filename="?([^";]+)', response.headers.get("Content-Disposition", ""), re.IGNORECASE
    )
    names = [_name_in(url), announced[1].strip() if announced else "", _name_in(response.url)]
    sound = [name for name in names if _is_file_name(name)]
    fitting = [name for name in sound if name.casefold().endswith(SUFFIXES)]
    return next(iter(fitting + sound), "download")


def _name_in(url: str) -> str:
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])


def _is_file_name(name: str) -> bool:
    hidden = name.startswith((".", "~$"))
    return bool(name) and not hidden and not re.search(r"[/\\\x00-\x1f]", name) and len(name) < 200
