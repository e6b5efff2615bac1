"""Segments and customers keep who they are over a refit.

A segment of the new fit *is* one of the champion's if they hold the same people: both label
the same customers on the same day, pairs are matched by Jaccard overlap (Hungarian method, Kuhn
1955), and a pair counts from `min_overlap` on. What was matched keeps id and name.

A customer moves when another segment is the nearest *and* they have gone at least `min_progress`
toward its centre since their segment was last the nearest one. A refit alone therefore moves
nobody, unless the segment itself is gone; slow drift adds up and is not overlooked. Whoever has the
same behaviour as at the scoring before keeps the segment whatever was refitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ml.segmentation.algorithms import OUTLIER
from ml.segmentation.behaviour import BEHAVIOUR, FREQUENCY, RECENCY, SPEND, TENURE, Floats, Labels

REFITTED = "segments were refitted"
WORDS = {
    RECENCY: "days since the last order",
    FREQUENCY: "orders",
    SPEND: "net revenue",
    TENURE: "days since the first order",
}


@dataclass(frozen=True)
class Segment:
    """What a label of the fitted partition means to people."""

    label: int
    segment_id: str
    segment_number: int
    persona_name: str
    persona_by_profile: str
    recommended_action: str
    customer_count: int
    customer_share: float
    is_outlier_group: bool
    overlap: float | None
    """Jaccard overlap with the champion's segment of the same id; None for a new segment."""

    def as_row(self) -> dict[str, Any]:
        """As stored."""
        row = dict(self.__dict__)
        row.pop("label")
        return row


def match(new: Labels, old: NDArray[Any], min_overlap: float) -> dict[int, tuple[str, float]]:
    """Which new label is which old segment.

    Args:
        new: label per customer, shape (rows,).
        old: id of the old segment per customer, shape (rows,).
        min_overlap: Jaccard overlap that makes them the same.

    Returns:
        New label to old id and overlap, matched pairs only.
    """
    table = pd.crosstab(pd.Series(new), pd.Series(old, dtype=object))
    both = table.to_numpy(dtype=np.float64)
    overlap = both / (both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both)
    pairs = zip(*linear_sum_assignment(-overlap), strict=True)
    return {
        int(table.index[row]): (str(table.columns[column]), float(overlap[row, column]))
        for row, column in pairs
        if overlap[row, column] >= min_overlap
    }


def progress(now: Floats, then: Floats, new: Floats, old: Floats) -> Floats:
    """How far customers went from one centre toward another, shape (rows,).

    Args:
        now: behaviour on the scale of the model, shape (rows, 4).
        then: the behaviour that the old segment rested on, likewise.
        new: centre of the new segment per row.
        old: centre of the old one.
    """
    direction = new - old
    length = np.linalg.norm(direction, axis=1)
    way: Floats = ((now - then) * direction).sum(axis=1) / np.where(length > 0, length, 1.0)
    return way


def reasons(
    values: tuple[Floats, Floats], scaled: tuple[Floats, Floats], centres: tuple[Floats, Floats]
) -> list[str]:
    """Why customers moved: the measure that went furthest toward the new centre, in words.

    Args:
        values: behaviour now and that which the old segment rested on, shape (rows, 4) each.
        scaled: both on the scale of the model.
        centres: of the new and the old segment per row.
    """
    toward = (scaled[0] - scaled[1]) * (centres[0] - centres[1])
    rows = enumerate(toward.argmax(axis=1).tolist())
    return [
        _words(measure, values[1][row, measure], values[0][row, measure]) for row, measure in rows
    ]


def _words(measure: int, then: float, now: float) -> str:
    name = BEHAVIOUR[measure]
    digits = ".2f" if name == SPEND else ".0f"
    verb = "rose" if now > then else "fell"
    return f"{WORDS[name]} {verb} from {then:{digits}} to {now:{digits}}"


def new_id(source: str, day: str, number: int) -> str:
    """Id of a segment that was not there before: the day it was first seen, and a number."""
    return f"{source}:{day.replace('-', '')}-{number}"


def label_order(labels: Labels, spend: Floats) -> list[int]:
    """Labels by falling median spend, the outlier group last."""
    medians = pd.Series(spend).groupby(labels).median()
    found = [int(label) for label in medians.index]
    return sorted(found, key=lambda x: (x == OUTLIER, -float(medians[x]), x))
