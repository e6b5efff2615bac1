"""Files from the web, streamed to disk: retried, measured and never taken for whole when cut."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from warehouse.errors import InputRefused, UsageError

SCHEMES = ("http", "https")
CHUNK_BYTES = 1 << 20
BUSY = (429, 500, 502, 503, 504)
BY_HAND = "download the file by hand and load it from disk"
LOGIN = (401, 403, 407)
# A server that compresses on its way must not be mistaken for one that has compressed files:
# with the first undone by requests, what arrives is what lies there.
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "clientele"}

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes that arrived, and how many there will be."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server and how often to ask again."""

    connect_seconds: float = 10
    read_seconds: float = 60
    tries: int = 5
    backoff_seconds: float = 0.5
    most_seconds_between: int = 60
    """However long the server asks to wait with Retry-After."""
    redirects: int = 5


class _CutShort(Exception):
    """The connection ended before the content did."""


def checked_url(url: str) -> str:
    """Return the URL without its fragment.

    Raises:
        UsageError: not http or https, or no host.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"'{url}' is no URL; check it for typing errors") from None
    if parts.scheme.lower() not in SCHEMES:
        raise UsageError(
            f"{parts.scheme}:// is not read from: give an http or https URL, or a file"
        )
    if not host:
        raise UsageError(f"'{url}' names no host; check it for typing errors")
    return urlunsplit(parts._replace(fragment=""))


def shown(url: str) -> str:
    """Return a URL as messages may hold it: without password, and without signed parameters."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


class Web:
    """One session with retries. Close it, or use it as a context manager."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._session = with_retries(requests.Session(), self._patience)
        self._session.headers.update(HEADERS)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *raised: object) -> None:
        self._session.close()

    @contextmanager
    def get(self, url: str) -> Iterator[requests.Response]:
        """Yield the answer to a GET whose content is still to be read.

        Raises:
            InputRefused: no answer, or one that is an error.
        """
        wait = (self._patience.connect_seconds, self._patience.read_seconds)
        try:
            response = self._session.get(url, stream=True, timeout=wait)
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            raise InputRefused(unreachable(url, error, self._patience)) from None
        with response:
            if response.status_code != requests.codes.ok:
                raise InputRefused(error_status(url, response, self._patience))
            yield response

    def save(self, url: str, path: Path, progress: Progress) -> None:
        """Store what a URL holds in a file; start again when the connection breaks on the way.

        Raises:
            InputRefused: it cannot be had, or not as a whole; the file may hold a part of it.
        """
        for number in range(self._patience.tries):
            if number:
                time.sleep(self._patience.backoff_seconds * 2**number)
            try:
                with self.get(url) as response:
                    write_body(response, path, progress)
                return
            except _CutShort as error:
                reason = str(error)
        raise InputRefused(
            f"{shown(url)}: {reason}, in each of {self._patience.tries} tries; try again later"
        )


def with_retries(session: requests.Session, patience: Patience) -> requests.Session:
    """Return the session after it has learnt to ask busy servers again."""
    # It would log every try with the whole URL, signature and all.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    retry = Retry(
        total=patience.tries - 1,
        connect=min(1, patience.tries - 1),
        status_forcelist=BUSY,
        allowed_methods=("GET",),
        backoff_factor=patience.backoff_seconds,
        backoff_max=patience.most_seconds_between,
        retry_after_max=patience.most_seconds_between,
        raise_on_status=False,
    )
    session.max_redirects = patience.redirects
    for scheme in SCHEMES:
        session.mount(f"{scheme}://", HTTPAdapter(max_retries=retry))
    return session


def write_body(response: requests.Response, path: Path, progress: Progress) -> None:
    """Write the content of an answer to a file, and check that all of it came.

    Raises:
        InputRefused: the file cannot be written.
        _CutShort: the connection broke, or fewer bytes came than the server promised.
    """
    promised = int(response.headers.get("Content-Length") or 0)
    arrived = 0
    try:
        with path.open("wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)
                arrived = response.raw.tell()
                progress(path.name, arrived, max(promised, arrived))
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        raise _CutShort(_short(response, promised)) from None
    except OSError as error:
        raise InputRefused(
            f"{path}: cannot be written ({error.strerror}); free some space or check its rights"
        ) from None
    if promised and arrived != promised:
        raise _CutShort(_short(response, promised))


def _short(response: requests.Response, promised: int) -> str:
    arrived = int(response.raw.tell())
    if promised:
        return f"the connection broke after {arrived:,} of {promised:,} bytes"
    return f"the connection broke after {arrived:,} bytes"


def unreachable(url: str, error: Exception, patience: Patience) -> str:
    """Return what to say of a URL that gave no answer."""
    where = shown(url)
    if isinstance(error, requests.TooManyRedirects):
        return f"{where}: more than {patience.redirects} redirects; give the address they end at"
    if isinstance(error, requests.exceptions.InvalidSchema):
        return (
            f"{where}: redirects to something that is neither http nor https; download it by hand"
        )
    if isinstance(error, requests.exceptions.SSLError):
        return f"{where}: the server's certificate is not valid; check the address"
    if isinstance(error, requests.Timeout) or _timed_out(error):
        return f"{where}: the server does not answer; try again later"
    return f"{where}: cannot be reached ({_reason(error)}); check the address and the network"


def _timed_out(error: Exception) -> bool:
    last = error.args[0] if error.args else None
    reason = getattr(last, "reason", None)
    return isinstance(reason, urllib3.exceptions.ReadTimeoutError)


def _reason(error: BaseException) -> str:
    """Return what the system said, without the URL that libraries put around it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, urllib3.exceptions.NameResolutionError):
            return "no such host, or no network"
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror
        inner = next((arg for arg in seen.args if isinstance(arg, BaseException)), None)
        seen = getattr(seen, "reason", None) or inner or seen.__cause__ or seen.__context__
        if not isinstance(seen, BaseException):
            break
    return type(error).__name__


def error_status(
    url: str, response: requests.Response, patience: Patience, at_the_door: str = BY_HAND
) -> str:
    """Return what to say of an answer that is an error; `at_the_door` is the remedy for a 401."""
    code = response.status_code
    said = f"{shown(url)}: the server answers {code} {response.reason or ''}".rstrip()
    if code in LOGIN:
        return f"{said}; it wants a login: {at_the_door}"
    if code in BUSY:
        return f"{said}, in each of {patience.tries} tries; try again later"
    return f"{said}; check the address"
