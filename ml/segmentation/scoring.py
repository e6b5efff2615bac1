"""From feature frame to scores, and what the scoring before says about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.columns import (
    ANCHOR,
    ANCHOR_DATE,
    AS_OF_DATE,
    CUSTOMER_ID,
    DISTANCE_TO_CENTRE,
    KEYS,
    MOVE_REASON,
    NEAREST_SEGMENT_ID,
    PERSONA_NAME,
    PREVIOUS_SEGMENT_ID,
    SEGMENT_ID,
    SEGMENT_NUMBER,
)
from ml.segmentation.behaviour import BEHAVIOUR, Floats, Labels, behaviour_of
from ml.segmentation.identity import REFITTED, progress, reasons
from ml.segmentation.model import SegmentModel

ANCHORS = [ANCHOR + name for name in BEHAVIOUR]
EARLIER = (CUSTOMER_ID, SEGMENT_ID, *BEHAVIOUR, ANCHOR_DATE, *ANCHORS)
"""What must be known of the scoring before."""


def nearest_scores(model: SegmentModel, frame: pd.DataFrame) -> pd.DataFrame:
    """The nearest segment of every customer, as if nobody had ever had one.

    Returns:
        Keys, segment, distance and the behaviour that the segment rests on, row by row as
        the frame. A row depends on itself only.
    """
    values = behaviour_of(frame)
    nearest = model.nearest(values)
    scores = frame[list(KEYS)].copy()
    scores = _with_segment(scores, model, nearest, values)
    scores[NEAREST_SEGMENT_ID] = scores[SEGMENT_ID]
    scores[PREVIOUS_SEGMENT_ID] = None
    scores[MOVE_REASON] = None
    scores[list(BEHAVIOUR)] = values
    scores[ANCHOR_DATE] = frame[AS_OF_DATE]
    scores[ANCHORS] = values
    return scores


def settled_scores(
    model: SegmentModel,
    frame: pd.DataFrame,
    scores: pd.DataFrame,
    earlier: pd.DataFrame,
    least: float,
) -> pd.DataFrame:
    """Scores in which whoever has not changed keeps the segment of the scoring before.

    Args:
        model: the model in force.
        frame: features as of one date.
        scores: the nearest segments of the same rows.
        earlier: the scoring before, `by_customer`.
        least: way toward another centre, in standard deviations, that makes a move.
    """
    before = _aligned(earlier, frame)
    then = _Then(model, before, behaviour_of(frame))
    nearest = model.positions(scores[SEGMENT_ID])
    lags = then.lags(nearest, least)
    given = np.where(lags, then.held, nearest)
    scores = _with_segment(scores, model, given, then.values)
    scores[PREVIOUS_SEGMENT_ID] = before[SEGMENT_ID].where(then.is_known, None)
    scores[MOVE_REASON] = then.reasons(given)
    scores[ANCHOR_DATE] = before[ANCHOR_DATE].where(lags, scores[ANCHOR_DATE])
    scores[ANCHORS] = np.where(lags[:, None], then.anchors, then.values)
    return scores


def by_customer(scores: pd.DataFrame) -> pd.DataFrame:
    """What `settled_scores` looks at, of the scoring before: columns EARLIER by customer."""
    return scores[list(EARLIER)].set_index(CUSTOMER_ID)


def _aligned(earlier: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The earlier row of each customer of the frame, null for whoever has none."""
    rows = earlier.index.get_indexer(pd.Index(frame[CUSTOMER_ID]))
    found: pd.DataFrame = earlier.iloc[np.maximum(rows, 0)].set_axis(frame.index)
    return found.where(pd.Series(rows >= 0, index=frame.index))


class _Then:
    """Where customers stood in the scoring before, beside what they are like now."""

    def __init__(self, model: SegmentModel, before: pd.DataFrame, values: Floats) -> None:
        self.model, self.values = model, values
        self.is_known: NDArray[np.bool_] = before[SEGMENT_ID].notna().to_numpy()
        self.held = model.positions(before[SEGMENT_ID])
        was = before[list(BEHAVIOUR)].to_numpy(dtype=np.float64)
        self.is_idle = np.isclose(was, values, rtol=1e-9, atol=0).all(axis=1)
        based_on = before[ANCHORS].to_numpy(dtype=np.float64)
        self.anchors: Floats = np.where(self.is_known[:, None], based_on, values)

    def lags(self, nearest: Labels, least: float) -> NDArray[np.bool_]:
        """Who keeps a segment that is not the nearest one."""
        across = (self.held >= 0) & (self.held != nearest)
        way = progress(*self._scaled(across), *self._centres(across, nearest))
        lags: NDArray[np.bool_] = across.copy()
        lags[across] = self.is_idle[across] | (way <= least)
        return lags

    def reasons(self, given: Labels) -> NDArray[np.object_]:
        """A reason per row, None where nobody moved."""
        texts = np.full(len(given), None, dtype=object)
        texts[self.is_known & (self.held < 0)] = REFITTED
        moved = (self.held >= 0) & (self.held != given)
        words = reasons(
            (self.values[moved], self.anchors[moved]),
            self._scaled(moved),
            self._centres(moved, given),
        )
        # Whom the new fit had put there before they did anything, the refit has moved as well.
        by_refit = self.model.nearest(self.anchors[moved]) == given[moved]
        texts[moved] = [
            f"{REFITTED}, and {text}" if refit else text
            for text, refit in zip(words, by_refit, strict=True)
        ]
        return texts

    def _scaled(self, rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        scale = self.model.scaler.scale
        return scale(self.values[rows]), scale(self.anchors[rows])

    def _centres(self, rows: NDArray[np.bool_], now: Labels) -> tuple[Floats, Floats]:
        return self.model.centres[now[rows]], self.model.centres[self.held[rows]]


def _with_segment(
    scores: pd.DataFrame, model: SegmentModel, given: Labels, values: Floats
) -> pd.DataFrame:
    segments = model.segments
    points = model.scaler.scale(values)
    return scores.assign(
        **{
            SEGMENT_ID: np.array([s.segment_id for s in segments], dtype=object)[given],
            SEGMENT_NUMBER: np.array([s.segment_number for s in segments])[given],
            PERSONA_NAME: np.array([s.persona_name for s in segments], dtype=object)[given],
            DISTANCE_TO_CENTRE: np.sqrt(((points - model.centres[given]) ** 2).sum(axis=1)),
        }
    )
