"""Run the application under uvicorn."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson
import uvicorn
from threadpoolctl import threadpool_limits

from apps.api.app import create_app
from apps.api.config import ApiConfig
from warehouse.settings import Settings


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, and the message or what `line` of the record holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        content = {"time": when, "level": record.levelname.lower()}
        content |= getattr(record, "line", None) or {"message": record.getMessage()}
        if record.exc_info:
            content["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(content).decode()


def serve(settings: Settings, config: ApiConfig, access_log: bool = True) -> None:
    """Serve until Ctrl-C or SIGTERM; requests that are under way are answered first."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("clientele.api", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO if access_log else logging.WARNING)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, config),
            host=config.host,
            port=config.port,
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=65_536,
        )
    )
    # As in the batch: sums do not depend on how many threads share them out.
    with threadpool_limits(limits=1):
        server.run()
