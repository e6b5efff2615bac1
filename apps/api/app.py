"""The application: put together from its configuration, started and stopped in order."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from apps.api.batching import Batcher
from apps.api.cache import Cache, remote_cache
from apps.api.config import ApiConfig
from apps.api.direct import DirectChurn
from apps.api.edge import Edge
from apps.api.jobs import Jobs
from apps.api.keys import KeyRing
from apps.api.routes import admin, batch, offers, operations, predict, stored
from apps.api.routes.errors import EVERYWHERE, add_handlers
from apps.api.served import ServedModels
from apps.api.state import State
from apps.api.telemetry import Telemetry
from warehouse.errors import ClienteleError
from warehouse.pool import Pool
from warehouse.settings import Settings

LOG = logging.getLogger("clientele.api")
DESCRIPTION = """
Segments, churn risk, lifetime value, recommendations and forecasts of a shop's customers: stored
ones by key, new ones from features in the request. Keys go into the header `X-API-Key`.
"""


def create_app(settings: Settings, config: ApiConfig) -> FastAPI:
    """Make the application; nothing is connected or loaded before it is started.

    Args:
        settings: as from `ensure_server`.
        config: as from `load_config`.
    """
    state = _state(settings, config)
    app = FastAPI(
        title="Clientele",
        version="0.1.0",
        description=DESCRIPTION,
        responses=EVERYWHERE,
        lifespan=_lifespan,
        # FastAPI's own would look for OpenTelemetry at every request; ours is `apps.api.telemetry`.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        redoc_url=None,
    )
    app.state.clientele = state
    for routes in (predict, offers, batch, stored, admin, operations):
        app.include_router(routes.router)
    add_handlers(app)
    app.add_middleware(DirectChurn, state=state)
    app.add_middleware(Edge, config=config, keys=state.keys, telemetry=state.telemetry)
    return app


def _state(settings: Settings, config: ApiConfig) -> State:
    pool = Pool(settings, config.pool_size, config.query_seconds)
    telemetry = Telemetry()
    models = ServedModels(settings)
    redis = remote_cache(config.redis_url.get_secret_value()) if config.redis_url else None
    return State(
        config=config,
        settings=settings,
        pool=pool,
        keys=KeyRing(pool, config.refresh_seconds),
        cache=Cache(config.cache_seconds, config.cache_entries, telemetry, redis),
        models=models,
        batcher=Batcher(predict.predicts(models)),
        jobs=Jobs(pool, settings),
        telemetry=telemetry,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: State = app.state.clientele
    await _refresh(state)
    # What is loaded by now stays: the collector need not look at it again while requests wait.
    gc.collect()
    gc.freeze()
    refresher = asyncio.create_task(_keep_fresh(state))
    try:
        yield
    finally:
        refresher.cancel()
        with suppress(asyncio.CancelledError):
            await refresher
        await state.cache.close()
        await state.pool.close()


async def _keep_fresh(state: State) -> None:
    while True:
        await asyncio.sleep(state.config.refresh_seconds)
        await _refresh(state)


async def _refresh(state: State) -> None:
    """Serve new champions and look after runs; what goes wrong is said, and tried again."""
    try:
        await state.models.refresh()
        await state.jobs.settle()
    except ClienteleError as error:
        LOG.warning("%s", error.message)
    except Exception as error:
        LOG.warning("refresh failed: %s: %s", type(error).__name__, error)
