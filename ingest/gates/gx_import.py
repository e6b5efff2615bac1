"""Great Expectations, imported beside other work: it takes seconds."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import threading
from typing import Any

from psycopg2.extensions import connection


class Library:
    """Great Expectations, imported in the background the first time it is asked for."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._source: Any = None

    def start(self) -> None:
        """Begin to import; returns at once."""
        if self._thread is None:
            # A daemon, so that a refusal need not wait for an import that it does not use.
            self._thread = threading.Thread(target=_try_import, name="import-gx", daemon=True)
            self._thread.start()

    def get(self) -> Any:
        """Return the module once it is there.

        Raises:
            ImportError: it cannot be imported.
        """
        if self._thread is not None:
            self._thread.join()
        return _import()

    def source(self, conn: connection) -> Any:
        """Return a data source on the one connection that this library works on.

        One for all tables, kept as long as we are: a pool that is thrown away closes what it
        holds, and that is our connection.
        """
        if self._source is None:
            self._source = _source(self.get(), conn)
        return self._source


def _try_import() -> None:
    # What fails here fails again, and is reported, where the module is asked for.
    with contextlib.suppress(Exception):
        _import()


def _import() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # Its modules set levels of their own, and dbt's tracker gives the root logger a handler.
    logger = logging.getLogger("great_expectations")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return importlib.import_module("great_expectations")


def _source(gx: Any, conn: connection) -> Any:
    """Return a data source that runs on our connection, and says nothing on the terminal."""
    bars = importlib.import_module("great_expectations.data_context.types.base")
    pool = importlib.import_module("sqlalchemy.pool")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = bars.ProgressBarsConfig(globally=False)
    return context.data_sources.add_postgres(
        "warehouse",
        # Never dialled: connections come from the creator.
        connection_string="postgresql+psycopg2://nobody@127.0.0.1/nowhere",
        create_temp_table=False,
        kwargs={"creator": lambda: conn, "poolclass": pool.StaticPool},
    )
