"""What the routes share: made once when the server starts, handed to them by dependency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from apps.api.batching import Batcher
from apps.api.cache import Cache
from apps.api.config import ApiConfig
from apps.api.jobs import Jobs
from apps.api.keys import KeyRing
from apps.api.served import ServedModels
from apps.api.telemetry import Telemetry
from warehouse.pool import Pool
from warehouse.settings import Settings


@dataclass(frozen=True)
class State:
    """Everything that outlives a request."""

    config: ApiConfig
    settings: Settings
    pool: Pool
    keys: KeyRing
    cache: Cache
    models: ServedModels
    batcher: Batcher
    jobs: Jobs
    telemetry: Telemetry


# Asynchronous though they wait for nothing: FastAPI would send plain functions to a thread.
async def state_of(request: Request) -> State:
    """The state of the server that answers this request."""
    return cast(State, request.app.state.clientele)


async def scopes_of(request: Request) -> frozenset[str]:
    """The scopes of the key of this request."""
    return cast("frozenset[str]", request.state.scopes)


Shared = Annotated[State, Depends(state_of)]
Scopes = Annotated[frozenset[str], Depends(scopes_of)]
