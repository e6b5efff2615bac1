"""Numbers of texts: TF-IDF of words and pairs of words, those of the title once more."""

from __future__ import annotations

from typing import Any

import pandas as pd
from scipy import sparse

from ml.reviews.columns import TITLE
from ml.reviews.text import WORD_PATTERN, joined

TITLE_WEIGHT = 0.4
"""A title sums the review up: its words count again, as a vector of this length beside that of
the whole text of length 1."""
MAX_WORDS = 200_000


class TextFeatures:
    """Fitted on cleaned texts, one row of numbers per review."""

    def __init__(self, min_reviews: int = 2) -> None:
        self.min_reviews = min_reviews
        self._whole: Any = None
        self._title: Any = None

    def fit_transform(self, texts: pd.DataFrame) -> Any:
        """Learn the words and return the numbers, a sparse matrix of shape (reviews, words)."""
        self._whole = self._vectoriser()
        whole = self._whole.fit_transform(joined(texts))
        if TITLE not in texts or (texts[TITLE] != "").sum() < 10 * self.min_reviews:
            return whole.tocsr()
        self._title = self._vectoriser()
        try:
            title = self._title.fit_transform(texts[TITLE])
        except ValueError:  # no word stands in several titles
            self._title = None
            return whole.tocsr()
        return sparse.hstack([whole, TITLE_WEIGHT * title]).tocsr()

    def transform(self, texts: pd.DataFrame) -> Any:
        """Return the numbers of other texts; words that were not learned are passed over."""
        whole = self._whole.transform(joined(texts))
        if self._title is None:
            return whole.tocsr()
        return sparse.hstack([whole, TITLE_WEIGHT * self._title.transform(texts[TITLE])]).tocsr()

    def _vectoriser(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        return TfidfVectorizer(
            ngram_range=(1, 2),
            min_df=self.min_reviews,
            max_features=MAX_WORDS,
            sublinear_tf=True,
            strip_accents="unicode",
            token_pattern=WORD_PATTERN,
        )
