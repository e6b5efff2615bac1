"""The risk band of a probability, for online use: by the same cuts as in SQL.

The cuts are the seed `churn_risk_bands`. They are read from its table, so that an edit holds in
SQL and online at once and no model has to be fitted again.
"""

from __future__ import annotations

import pandas as pd

RISK_BAND = "risk_band"
MIN_PROBABILITY = "min_probability"
MAX_PROBABILITY = "max_probability"


def risk_band(probability: float, bands: pd.DataFrame) -> str | None:
    """Return the band that a probability falls into, as SQL does.

    Args:
        probability: 0 to 1.
        bands: as from `ml.frames.risk_bands`.

    Returns:
        The band with `min_probability` <= probability < `max_probability`; None where the seed
        has a hole, which a dbt test forbids.
    """
    within = (bands[MIN_PROBABILITY] <= probability) & (probability < bands[MAX_PROBABILITY])
    found = bands.loc[within, RISK_BAND]
    return None if found.empty else str(found.iloc[0])
