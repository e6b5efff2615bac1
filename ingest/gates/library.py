"""Great Expectations, imported beside other work: it takes seconds."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import threading
from typing import Any


class Library:
    """Great Expectations, imported in the background the first time it is asked for."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

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
