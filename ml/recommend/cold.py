"""What a stranger is shown: what is popular in the country, then in the shop."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.recommend.interactions import Ints
from ml.recommend.signals import Signals

COLUMNS = ("country", "list_rank", "product_id", "score", "reason")
EVERYWHERE = "(any)"


def cold_list(signals: Signals, country: str | None, length: int) -> tuple[Ints, list[str]]:
    """Products for a stranger, best first, and the reason of each.

    Where the country sells too few, what is popular in the shop follows.
    """
    local = signals.popular_in(country)[:length] if country in signals.countries else _nothing()
    rest = signals.popular[~np.isin(signals.popular, local)][: length - len(local)]
    reasons = [f"popular in {country}"] * len(local) + ["popular in the shop"] * len(rest)
    return np.concatenate([local, rest]), reasons


def cold_table(signals: Signals, length: int) -> pd.DataFrame:
    """The list of every country with enough customers, and of all others as `(any)`."""
    quarter = signals.facts.recent_buyers[1] / max(signals.customer_count, 1)
    parts = []
    for country in (*sorted(signals.countries), EVERYWHERE):
        products, reasons = cold_list(signals, country, length)
        parts.append(
            pd.DataFrame(
                {
                    "country": country,
                    "list_rank": np.arange(1, len(products) + 1),
                    "product_id": signals.product_ids[products],
                    "score": quarter[products],
                    "reason": reasons,
                },
                columns=list(COLUMNS),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _nothing() -> Ints:
    return np.empty(0, np.int64)
