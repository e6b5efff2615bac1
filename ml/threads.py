"""How many threads work on rows that do not depend on each other: any number gives the same."""

from __future__ import annotations

import joblib

MANY_ROWS = 10_000


def all_cores() -> int:
    """As many threads as this process may use cores, also where jobs limit those of their sums."""
    return int(joblib.cpu_count())


def threads_for(rows: int) -> int:
    """All cores for a batch, one thread for a request: waking the others would cost more."""
    return all_cores() if rows >= MANY_ROWS else 1
