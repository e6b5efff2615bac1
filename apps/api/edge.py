"""What every request passes: its id, its key, its limits, and the line in the log.

One middleware at the edge, so that no route can forget any of it. What has no rule here is refused
without a key.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from apps.api.config import ApiConfig
from apps.api.keys import Key, KeyRing
from apps.api.telemetry import UNMATCHED, Telemetry
from warehouse.errors import DatabaseUnavailable

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

LOG = logging.getLogger("clientele.api")
OPEN = ("/health", "/health/live", "/health/ready")
"""The only paths that answer without a key."""
STREAMED = re.compile(r"^/predict/[a-z-]+/batch$")
GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
RETRY_AFTER = "2"
ANSWERED = "answered"
"""What the log says of every request; the rest is in the record's `line`."""
CLIENT_GONE = 499
"""What the log says of a client that did not wait; nobody receives it."""
MOST_BUCKETS = 10_000
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class Refused(HTTPException):
    """A request that is answered at the edge, or while its body is read."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(status, detail, named)


class RateLimit:
    """A bucket of tokens per caller: so many a second, twice as many at once."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, now: float) -> bool:
        """Take a token; False when there is none."""
        most = 2 * self.per_second
        left, since = self._left.pop(caller, (most, now))
        left = min(most, left + (now - since) * self.per_second)
        is_allowed = left >= 1
        self._left[caller] = (left - 1 if is_allowed else left, now)
        if len(self._left) > MOST_BUCKETS:
            self._left.popitem(last=False)
        return is_allowed


def needed_scope(method: str, path: str) -> str:
    """The scope that a request needs: what changes something is for admins."""
    if path.startswith("/predict/"):
        return "predict"
    return "read" if method in ("GET", "HEAD") else "admin"


class Edge:
    """The middleware."""

    def __init__(self, app: App, config: ApiConfig, keys: KeyRing, telemetry: Telemetry) -> None:
        self.app = app
        self.config = config
        self.keys = keys
        self.telemetry = telemetry
        self.limit = RateLimit(config.requests_per_second)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(self.config, scope, receive, send)
        try:
            await self._admit(scope, exchange)
            async with asyncio.timeout(exchange.seconds) as timer:
                exchange.timer = timer
                await self.app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            await exchange.refuse(
                Refused(504, f"no answer in {self.config.request_seconds:g} seconds")
            )
        except HTTPException as refusal:
            await exchange.refuse(refusal)
        except ClientDisconnect:
            exchange.status = exchange.status or CLIENT_GONE
        except DatabaseUnavailable as error:
            await exchange.refuse(Refused(503, error.message, retry_after=RETRY_AFTER))
        except Exception as error:
            LOG.exception("request %s failed: %s", exchange.request_id, type(error).__name__)
            await exchange.refuse(Refused(500, f"internal error; request {exchange.request_id}"))
        finally:
            self._record(scope, exchange)

    async def _admit(self, scope: MutableMapping[str, Any], exchange: Exchange) -> None:
        path, method = scope["path"], scope["method"]
        scope["state"] = {**scope.get("state", {}), "scopes": frozenset()}
        if path in OPEN:
            return
        key = await self._key(exchange, method, path) if self.config.needs_keys else None
        exchange.key_id = key.key_id if key else None
        # Without keys whoever reaches the server is its owner.
        scope["state"]["scopes"] = key.scopes if key else frozenset({"personal"})
        caller = key.key_id if key else (scope.get("client") or ("", 0))[0]
        if not self.limit.take(caller, time.monotonic()):
            raise Refused(429, "too many requests: wait a second", retry_after="1")
        exchange.check_length()

    async def _key(self, exchange: Exchange, method: str, path: str) -> Key:
        kind, _, text = exchange.header(b"authorization").partition(" ")
        given = exchange.header(b"x-api-key") or (text.strip() if kind.lower() == "bearer" else "")
        key = await self.keys.find(given) if given else None
        if key is None:
            raise Refused(
                401,
                "send a valid API key in the header X-API-Key or Authorization: Bearer",
                www_authenticate="Bearer",
            )
        scope = needed_scope(method, path)
        if scope not in key.scopes:
            raise Refused(403, f"this key lacks the scope {scope}")
        return key

    def _record(self, scope: MutableMapping[str, Any], exchange: Exchange) -> None:
        seconds = time.perf_counter() - exchange.started
        route = getattr(scope.get("route"), "path", UNMATCHED)
        if scope["path"] in OPEN:
            route = scope["path"]
        self.telemetry.answered(scope["method"], route, exchange.status, seconds)
        # The route and not the path: paths hold customers.
        line = {
            "request_id": exchange.request_id,
            "method": scope["method"],
            "route": route,
            "status": exchange.status,
            "milliseconds": round(seconds * 1000, 2),
            "key_id": exchange.key_id,
        }
        LOG.info(ANSWERED, extra={"line": line})


class Exchange:
    """One request and its answer, watched."""

    def __init__(
        self, config: ApiConfig, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        self.config = config
        self.started = time.perf_counter()
        self.status = 0
        self.key_id: str | None = None
        self.timer: asyncio.Timeout | None = None
        self._headers = dict(reversed(scope["headers"]))
        self._receive, self._send = receive, send
        self._is_streamed = bool(STREAMED.match(scope["path"]))
        self._most = config.max_batch_bytes if self._is_streamed else config.max_body_bytes
        self._received = 0
        # A file may take its time as long as it keeps coming.
        self.seconds = None if self._is_streamed else config.request_seconds
        given = self.header(b"x-request-id")
        self.request_id = given if GIVEN_ID.match(given) else secrets.token_hex(8)

    def header(self, name: bytes) -> str:
        """A header of the request, empty where it has none."""
        found: bytes = self._headers.get(name, b"")
        return found.decode("latin-1")

    def check_length(self) -> None:
        """Refuse a body that says itself that it is too long."""
        length = self.header(b"content-length")
        if length.isdecimal() and int(length) > self._most:
            raise self._too_long()

    async def receive(self) -> Message:
        """Pass on a part of the body, as long as they do not become too many or too rare."""
        try:
            async with asyncio.timeout(self.config.idle_seconds if self.status == 0 else None):
                message = await self._receive()
        except TimeoutError:
            raise Refused(
                408, f"nothing more of the body came for {self.config.idle_seconds:g} seconds"
            ) from None
        self._received += len(message.get("body", b""))
        if self._received > self._most:
            raise self._too_long()
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = ((b"x-request-id", self.request_id.encode()), *HEADERS)
            message["headers"] = [*message.get("headers", ()), *own]
            if self.timer is not None:
                self.timer.reschedule(None)
        await self._send(message)

    async def refuse(self, refusal: HTTPException) -> None:
        """Answer with a refusal, unless the answer has begun: then it is cut off."""
        self.timer = None
        if self.status:
            return
        body = json.dumps({"detail": refusal.detail, "request_id": self.request_id}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *((name.encode(), text.encode()) for name, text in (refusal.headers or {}).items()),
        ]
        status = refusal.status_code
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _too_long(self) -> Refused:
        return Refused(413, f"the body is longer than {self._most:,} bytes")
