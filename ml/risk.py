"""The risk band of a probability, for online use: by the same cuts as in SQL.

The cuts are the seed `churn_risk_bands`. They are read from its table, so that an edit holds in
SQL and online at once and no model has to be fitted again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import pandas as pd

RISK_BAND = "risk_band"
MIN_PROBABILITY = "min_probability"
MAX_PROBABILITY = "max_probability"


class RiskBands:
    """The cuts, ready to be looked up one by one."""

    def __init__(self, cuts: pd.DataFrame | None = None) -> None:
        """Keep the cuts.

        Args:
            cuts: columns `risk_band`, `min_probability` and `max_probability`, lowest first.
                Without them nothing falls into any band.
        """
        columns = [RISK_BAND, MIN_PROBABILITY, MAX_PROBABILITY]
        found = pd.DataFrame(columns=columns) if cuts is None else cuts
        self._lower = [float(value) for value in found[MIN_PROBABILITY]]
        self._upper = [float(value) for value in found[MAX_PROBABILITY]]
        self._names = [str(name) for name in found[RISK_BAND]]

    def of(self, probabilities: Sequence[float]) -> list[str | None]:
        """Return the band that each probability falls into, as SQL does.

        Args:
            probabilities: 0 to 1 each.

        Returns:
            The band with `min_probability` <= probability < `max_probability`; None where the seed
            has a hole, which a dbt test forbids.
        """
        return [self._band(value) for value in probabilities]

    def _band(self, probability: float) -> str | None:
        place = bisect_right(self._lower, probability) - 1
        if place < 0 or probability >= self._upper[place]:
            return None
        return self._names[place]
