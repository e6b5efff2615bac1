"""Topics of the reviews of one language: LDA and NMF, the one chosen that is more coherent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ml.estimators import SEED
from ml.metrics import Floats
from ml.reviews.coherence import coherence
from ml.reviews.stop_words import stop_words
from ml.reviews.text import WORD_PATTERN

Algorithm = Literal["lda", "nmf"]
ALGORITHMS: tuple[Algorithm, ...] = ("lda", "nmf")
TOP_WORDS = 10
LABEL_WORDS = 3
MAX_WORDS = 2_000
MAX_SHARE = 0.3
"""Of the reviews; a word in more of them tells no topic from another."""
MIN_WORD_REVIEWS = 5
MIN_WORD_SHARE = 0.005
"""Of the reviews that a word stands in, and their number: the larger of the two."""


@dataclass(frozen=True)
class Candidate:
    """An algorithm with a number of topics."""

    algorithm: str
    topic_count: int

    @property
    def name(self) -> str:
        """As in lda_8."""
        return f"{self.algorithm}_{self.topic_count}"


@dataclass(frozen=True)
class TopicModel:
    """Fitted topics of one language, the one with the largest share first."""

    candidate: Candidate
    language: str
    vectoriser: Any
    model: Any
    order: NDArray[np.int64]
    shares: Floats

    @property
    def top_columns(self) -> list[list[int]]:
        """Columns of the words of each topic, heaviest first; equals by their place."""
        weights = self.model.components_[self.order]
        return [[int(c) for c in np.argsort(-row, kind="stable")[:TOP_WORDS]] for row in weights]

    @property
    def top_words(self) -> list[list[str]]:
        """Words of each topic, heaviest first."""
        names = self.vectoriser.get_feature_names_out()
        return [[str(names[column]) for column in topic] for topic in self.top_columns]

    def weights(self, texts: list[str]) -> Floats:
        """Share of each topic in each text, rows add up to 1, or are 0 for a text without any of
        the words; shape (texts, topics)."""
        return _shares_of(self.model, self._numbers(texts))[:, self.order]

    def counts(self, texts: list[str]) -> Any:
        """Sparse, shape (texts, words)."""
        return self._numbers(texts)

    def _numbers(self, texts: list[str]) -> Any:
        return self.vectoriser.transform(texts)


def fit(texts: list[str], language: str, candidate: Candidate) -> TopicModel | None:
    """Fit topics; None where the texts have too few words in common."""
    vectoriser = _vectoriser(candidate.algorithm, language, len(texts))
    try:
        numbers = vectoriser.fit_transform(texts)
    except ValueError:  # no word is left
        return None
    if numbers.shape[1] < 2 * candidate.topic_count:
        return None
    kept = numbers[np.asarray(numbers.sum(axis=1)).ravel() > 0]
    model = _model(candidate).fit(kept)
    shares = _shares_of(model, kept).mean(axis=0)
    order = np.argsort(-shares, kind="stable")
    return TopicModel(candidate, language, vectoriser, model, order, shares[order])


def held_out_coherence(
    model: TopicModel, texts: list[str], weights: Floats | None = None
) -> Floats:
    """Coherence of each topic on other texts, by resample."""
    return coherence(model.counts(texts), model.top_columns, weights)


def _shares_of(model: Any, numbers: Any) -> Floats:
    found = np.asarray(model.transform(numbers), dtype=np.float64)
    silent = np.asarray(numbers.sum(axis=1)).ravel() == 0
    found[silent] = 0.0
    total = found.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(found, total, out=np.zeros_like(found), where=total > 0)
    return shares


def _vectoriser(algorithm: str, language: str, count: int) -> Any:
    from sklearn.feature_extraction.text import (  # noqa: PLC0415
        CountVectorizer,
        TfidfVectorizer,
    )

    made = TfidfVectorizer if algorithm == "nmf" else CountVectorizer
    return made(
        min_df=max(MIN_WORD_REVIEWS, round(MIN_WORD_SHARE * count)),
        max_df=MAX_SHARE,
        max_features=MAX_WORDS,
        strip_accents="unicode",
        stop_words=list(stop_words(language)) or None,
        token_pattern=rf"(?:{WORD_PATTERN})(?<=[^\W\d_]{{3}})",
    )


def _model(candidate: Candidate) -> Any:
    from sklearn.decomposition import NMF, LatentDirichletAllocation  # noqa: PLC0415

    if candidate.algorithm == "nmf":
        return NMF(candidate.topic_count, init="nndsvda", random_state=SEED, max_iter=300)
    return LatentDirichletAllocation(
        candidate.topic_count,
        learning_method="online",
        batch_size=512,
        max_iter=4,
        random_state=SEED,
    )
