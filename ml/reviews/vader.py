"""VADER, a lexicon of English with rules (Hutto and Gilbert 2014): the baseline, and what scores
English reviews where too few are rated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.metrics import Floats

LANGUAGE = "en"
CUT = 0.05
"""Of the compound score, either side of which VADER's authors call a text neutral."""


@cache
def _analyser() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415

    return SentimentIntensityAnalyzer()


def compound(texts: Sequence[str]) -> Floats:
    """The compound score of each text, -1 to 1."""
    analyser = _analyser()
    scores = [analyser.polarity_scores(text)["compound"] for text in texts]
    return np.array(scores, dtype=np.float64)


def classes(scores: Floats) -> NDArray[np.int64]:
    """0 below -0.05, 2 above 0.05, else 1."""
    return np.select([scores <= -CUT, scores < CUT], [0, 1], 2).astype(np.int64)
