"""What the server is told: by the environment, with defaults that are safe outside localhost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from warehouse.errors import UsageError

PREFIX = "CLIENTELE_API_"
MEBIBYTE = 1024 * 1024


class ApiConfig(BaseModel):
    """Settings of one server. `load_config` reads them from `CLIENTELE_API_*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8100, ge=1, le=65535)
    require_keys: bool | None = None
    """Whether requests need a key. None: they do unless the host is a loopback address."""
    max_body_bytes: int = Field(default=MEBIBYTE, ge=1024)
    """Of a request, other than those to a batch, which are streamed."""
    max_batch_bytes: int = Field(default=512 * MEBIBYTE, ge=1024)
    request_seconds: float = Field(default=30, gt=0)
    """Until an answer must have begun; streams may go on."""
    idle_seconds: float = Field(default=20, gt=0)
    """How long a client may send nothing of the body that it promised."""
    requests_per_second: float = Field(default=5_000, gt=0)
    """Per key, or per address where there are no keys; twice as many may come at once."""
    pool_size: int = Field(default=8, ge=1)
    query_seconds: float = Field(default=10, gt=0)
    cache_seconds: float = Field(default=15, ge=0)
    """How long a stored prediction may be answered from memory; 0 asks Postgres each time."""
    cache_entries: int = Field(default=20_000, ge=1)
    redis_url: SecretStr | None = None
    """Where several servers share their cache. Without it each has its own."""
    refresh_seconds: float = Field(default=5, gt=0)
    """How soon a new champion is served, and a revoked key refused."""

    @cached_property
    def needs_keys(self) -> bool:
        """Whether requests need a key."""
        return not is_loopback(self.host) if self.require_keys is None else self.require_keys


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on that address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_config(env: Mapping[str, str] | None = None, **given: Any) -> ApiConfig:
    """Read the configuration; what is given by name comes before the environment.

    Raises:
        UsageError: a variable is unknown or cannot mean what it says.
    """
    found = os.environ if env is None else env
    named = {key: value for key, value in found.items() if key.startswith(PREFIX)}
    values: dict[str, Any] = {key.removeprefix(PREFIX).lower(): named[key] for key in named}
    values |= {key: value for key, value in given.items() if value is not None}
    try:
        return ApiConfig.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = PREFIX + name.upper() if PREFIX + name.upper() in named else f"--{name}"
        known = ", ".join(sorted(PREFIX + each.upper() for each in ApiConfig.model_fields))
        more = f"; known: {known}" if first["type"] == "extra_forbidden" else ""
        raise UsageError(f"{shown}: {first['msg']}{more}") from None
