"""A real web server for the tests, whose answers are told in advance."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ingest.download import Patience

QUICK = Patience(connect_seconds=2, read_seconds=1, tries=3, backoff_seconds=0.01)


@dataclass
class Answer:
    """What the server says to one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Close the connection after so many bytes of the body."""
    wait_seconds: float = 0


Respond = Callable[[Any], Answer]
"""Called with the request's handler, which has `path` and `headers`."""


@dataclass
class Server:
    """A running server and the paths that it was asked for."""

    url: str
    asked: list[str]


@contextmanager
def web_server(respond: Respond) -> Iterator[Server]:
    """Serve answers on a free port of this machine."""
    asked: list[str] = []
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer = respond(self)
            if answer.wait_seconds:
                closing.wait(answer.wait_seconds)
            self.send_response(answer.status)
            headers = {"Content-Length": str(len(answer.body))} | answer.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            # A client that ran out of patience has hung up.
            with suppress(BrokenPipeError):
                self.wfile.write(answer.body[: answer.cut_after])

        def log_message(self, *args: object) -> None:
            pass

    with _running(Handler) as url:
        try:
            yield Server(url, asked)
        finally:
            closing.set()


@contextmanager
def folder_server(folder: Path) -> Iterator[str]:
    """Serve a folder as `python -m http.server` does; yields the URL."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args: object) -> None:
            pass

    with _running(Handler) as url:
        yield url


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
