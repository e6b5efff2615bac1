"""The topics of whole reviews in any language, as they are scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ml.metrics import Floats
from ml.reviews.columns import LANGUAGE, REASON
from ml.reviews.language import LIKELY
from ml.reviews.texts import read_texts
from ml.reviews.topics import LABEL_WORDS, TopicModel, held_out_coherence

MOST_TOPICS = 3
OUTPUT = ("topic_rank", LANGUAGE, "topic_id", "topic_weight", REASON)
NO_TOPIC_WORD = "none of the words of the topics"


@dataclass(frozen=True)
class ReviewTopicModel:
    """Topics by language; `reasons` says of languages without topics why."""

    source_name: str
    columns: tuple[str, ...]
    shop_language: str | None
    models: Mapping[str, TopicModel] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    min_weight: float = 0.2
    unknown: str = "no topics in this language when the model was made"
    languages: tuple[str, ...] = LIKELY

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The topics of each review, heaviest first.

        Returns:
            Up to three rows per review, numbered from 1, with the index of the review's row: the
            heaviest topic and others from `min_weight` on. A review without topics has one row of
            number 0, and a reason.
        """
        texts = read_texts(frame, self.columns, self.shop_language, self.languages)
        weights = self._weights(texts.whole, texts.language)
        rows = []
        for number, (language, silent) in enumerate(
            zip(texts.language, texts.why_silent(), strict=True)
        ):
            found = self._rows(language, silent, weights.get(number))
            rows += [(frame.index[number], *row) for row in found]
        return pd.DataFrame(rows, columns=["row", *OUTPUT]).set_index("row")

    def topic_id(self, language: str, number: int) -> str:
        """Key of a topic; number 1 has the largest share of its language."""
        return f"{self.source_name}:{language}-{number}"

    def _weights(self, whole: list[str], language: pd.Series) -> dict[int, Floats]:
        found: dict[int, Floats] = {}
        for name, model in self.models.items():
            rows = np.flatnonzero((language == name).to_numpy())
            if rows.size:
                weights = model.weights([whole[row] for row in rows])
                found |= dict(zip(rows.tolist(), weights, strict=True))
        return found

    def _rows(
        self, language: str | None, silent: str | None, weights: Floats | None
    ) -> Iterator[tuple[Any, ...]]:
        if language is None or weights is None:
            why = f"language {language}: {self.reasons.get(language or '', self.unknown)}"
            yield 0, language, None, np.nan, silent or why
            return
        if not weights.any():
            yield 0, language, None, np.nan, NO_TOPIC_WORD
            return
        order = np.argsort(-weights, kind="stable")[:MOST_TOPICS]
        kept = [n for n in order if n == order[0] or weights[n] >= self.min_weight]
        for rank, number in enumerate(kept, start=1):
            topic = self.topic_id(language, int(number) + 1)
            yield rank, language, topic, float(weights[number]), None

    def topics(self, texts: Mapping[str, list[str]]) -> pd.DataFrame:
        """One row per topic; coherence is counted on the texts given, by language."""
        rows = []
        for language, model in self.models.items():
            coherent = held_out_coherence(model, texts[language])[:, 0]
            for n, words in enumerate(model.top_words):
                label = ", ".join(words[:LABEL_WORDS])
                shared = (float(model.shares[n]), float(coherent[n]), model.candidate.algorithm)
                rows.append((self.topic_id(language, n + 1), language, n + 1, label, *shared))
        names = ("topic_id", LANGUAGE, "topic_number", "topic_label")
        return pd.DataFrame(rows, columns=[*names, "review_share", "coherence", "algorithm"])

    def words(self) -> pd.DataFrame:
        """One row per topic and top word; weights of a topic add up to 1 over all words."""
        rows = []
        for language, model in self.models.items():
            components = model.model.components_[model.order]
            shares = components / components.sum(axis=1, keepdims=True)
            for n, (columns, words) in enumerate(
                zip(model.top_columns, model.top_words, strict=True)
            ):
                topic = self.topic_id(language, n + 1)
                for rank, (column, word) in enumerate(zip(columns, words, strict=True), start=1):
                    rows.append((topic, rank, word, float(shares[n, column])))
        return pd.DataFrame(rows, columns=["topic_id", "word_rank", "word", "word_weight"])
