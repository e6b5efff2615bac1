"""The risk band of a probability, for online use: by the same cuts as in SQL.

The cuts are the seed `churn_risk_bands`. They are read from its table, so that an edit holds in
SQL and online at once and no model has to be fitted again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

RISK_BAND = "risk_band"
MIN_PROBABILITY = "min_probability"
MAX_PROBABILITY = "max_probability"


def risk_bands_of(probabilities: Sequence[float], bands: pd.DataFrame) -> list[str | None]:
    """Return the band that each probability falls into, as SQL does.

    Args:
        probabilities: 0 to 1 each.
        bands: as from `ml.frames.risk_bands`, lowest first.

    Returns:
        The band with `min_probability` <= probability < `max_probability`; None where the seed
        has a hole, which a dbt test forbids.
    """
    if not len(probabilities):
        return []
    lower = bands[MIN_PROBABILITY].to_numpy(dtype=np.float64)
    upper = bands[MAX_PROBABILITY].to_numpy(dtype=np.float64)
    names = bands[RISK_BAND].tolist()
    places = np.searchsorted(lower, np.asarray(probabilities, dtype=np.float64), "right") - 1
    return [
        names[place] if place >= 0 and value < upper[place] else None
        for place, value in zip(places.tolist(), probabilities, strict=True)
    ]
