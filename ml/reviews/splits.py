"""Which rated reviews a model is measured on: the newest fifth, or a fifth of each class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.estimators import SEED
from ml.reviews.columns import CLASSES

Bools = NDArray[np.bool_]
HELD_OUT = 0.2
MIN_SHARE = 0.05
"""Of the reviews, on either side of a day, for the split to be made there."""
MIN_DAYS = 10
"""Different days from which reviews have a past and a future."""


@dataclass(frozen=True)
class Split:
    """Rows that are held out, and how they were picked, in words."""

    held_out: Bools
    words: str
    cut: date | None = None
    """Day from which reviews are held out, None where there is no time."""


def split(
    reviewed_at: pd.Series, classes: NDArray[np.int64], wanted: date | None, seed: int = SEED
) -> Split:
    """Hold out the newest fifth, or what was written from a wanted day on where that leaves enough.

    Reviews that all come from a few days, as those of a snapshot do, have no past and no future:
    a fifth of each class is drawn.
    """
    days = pd.to_datetime(reviewed_at).dt.normalize()
    for cut in (wanted, _cut(days)):
        if cut is None or days.nunique() < MIN_DAYS:
            continue
        later = (days >= pd.Timestamp(cut)).to_numpy()
        if MIN_SHARE <= later.mean() <= 1 - MIN_SHARE:
            return Split(later, f"reviews written from {cut} on, learned from those before", cut)
    return Split(
        _drawn(classes, seed),
        f"a snapshot of {days.nunique()} days: a fifth of each class drawn with seed {seed}, "
        "learned from the rest",
    )


def _cut(days: pd.Series) -> date | None:
    if days.empty:
        return None
    newest: date = days.sort_values().iloc[int(len(days) * (1 - HELD_OUT))].date()
    return newest


def _drawn(classes: NDArray[np.int64], seed: int) -> Bools:
    held = np.zeros(classes.size, dtype=bool)
    rng = np.random.default_rng(seed)
    for number in range(len(CLASSES)):
        rows = np.flatnonzero(classes == number)
        held[rng.permutation(rows)[: round(rows.size * HELD_OUT)]] = True
    return held
