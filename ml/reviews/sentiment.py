"""The sentiment of reviews in any language: a model per language, and what stands in for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.reviews import vader
from ml.reviews.classifier import SentimentClassifier
from ml.reviews.columns import (
    CLASSES,
    METHOD,
    PROBABILITIES,
    REASON,
    SENTIMENT,
    SENTIMENT_SCORE,
)
from ml.reviews.language import LIKELY
from ml.reviews.texts import Texts, read_texts

CLASSIFIER = "tfidf_logistic"
VADER = "vader"
OUTPUT = (*PROBABILITIES, SENTIMENT, SENTIMENT_SCORE, METHOD, REASON)


@dataclass(frozen=True)
class SentimentModel:
    """What scores the reviews of a shop.

    `classifiers` by language; `reasons` says of languages without one why; `columns` are the text
    features of the contract, and nothing else of a review is looked at.
    """

    columns: tuple[str, ...]
    shop_language: str | None
    classifiers: Mapping[str, SentimentClassifier] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    no_ratings: str = "no rated reviews in this language"
    languages: tuple[str, ...] = LIKELY

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Language and sentiment of each review; a row depends on itself only.

        Returns:
            Rows and index of the frame. Probabilities are null where no model was fitted, and
            everything is null, with a reason, where nothing can be said.
        """
        texts = read_texts(frame, self.columns, self.shop_language, self.languages)
        said = self._empty(texts)
        language = texts.language
        for name in sorted(language.dropna().unique()):
            rows = np.flatnonzero((language == name).to_numpy())
            for column, values in self._of_language(str(name), texts, rows).items():
                said[column][rows] = values
        return texts.facts().assign(**said)

    def _of_language(self, name: str, texts: Texts, rows: NDArray[np.int64]) -> dict[str, Any]:
        if name in self.classifiers:
            kept = texts.columns.take(rows)
            return _classified(self.classifiers[name], kept)
        if name == vader.LANGUAGE:
            return _by_vader([texts.whole[row] for row in rows])
        return {REASON: f"language {name}: {self.reasons.get(name, self.no_ratings)}"}

    @staticmethod
    def _empty(texts: Texts) -> dict[str, NDArray[Any]]:
        count = len(texts.whole)
        numbers = {name: np.full(count, np.nan) for name in (*PROBABILITIES, SENTIMENT_SCORE)}
        words = {name: np.full(count, None, dtype=object) for name in (SENTIMENT, METHOD)}
        return {**numbers, **words, REASON: np.array(texts.why_silent(), dtype=object)}


def _classified(model: SentimentClassifier, texts: pd.DataFrame) -> dict[str, Any]:
    probabilities = model.probabilities(texts)
    labels = np.array(CLASSES, dtype=object)[model.labels(probabilities)]
    columns = {name: probabilities[:, n] for n, name in enumerate(PROBABILITIES)}
    score = probabilities[:, -1] - probabilities[:, 0]
    return {**columns, SENTIMENT: labels, SENTIMENT_SCORE: score, METHOD: CLASSIFIER}


def _by_vader(texts: Sequence[str]) -> dict[str, Any]:
    scores = vader.compound(texts)
    labels = np.array(CLASSES, dtype=object)[vader.classes(scores)]
    return {SENTIMENT: labels, SENTIMENT_SCORE: scores, METHOD: VADER}
