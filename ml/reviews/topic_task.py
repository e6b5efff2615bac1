"""The task review_topics, see docs/reviews.md."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.reviews.base import ReviewTask, keyed
from ml.reviews.texts import Texts, read_texts, shop_language
from ml.reviews.topic_choice import (
    FREQUENT,
    METRIC,
    Measured,
    TopicConfig,
    choose,
    drawn_rows,
)
from ml.reviews.topic_model import ReviewTopicModel
from ml.reviews.topics import TopicModel, fit
from ml.task import Evaluation, Trained, TrainingData

TOPICS = "ml.review_topics"
WORDS = "ml.review_topic_words"
NONE = "no_topics"


class ReviewTopics(ReviewTask):
    """What reviews are about, without anybody having named it: LDA or NMF per language."""

    name: ClassVar[str] = "review_topics"
    score_table: ClassVar[str] = "ml.review_topic_scores"
    headline_metrics: ClassVar[tuple[str, ...]] = (METRIC,)

    def __init__(self, config: TopicConfig | None = None) -> None:
        self.config = config or TopicConfig()

    def train(self, data: TrainingData) -> Trained:
        """Choose, measure and fit topics for every language with enough texts."""
        columns = tuple(data.contract.names("text"))
        main = shop_language(data.frame, columns, self.config.languages)
        texts = _by_language(read_texts(data.frame, columns, main, self.config.languages))
        models: dict[str, TopicModel] = {}
        reasons: dict[str, str] = {}
        found: list[Measured] = []
        for language, each in texts.items():
            model, measured, reason = self._fit(language, each)
            found += measured
            if model is None:
                reasons[language] = reason
            else:
                models[language] = model
        estimator = ReviewTopicModel(
            *(data.source_name, columns, main, models, reasons, self.config.min_weight),
            languages=self.config.languages,
        )
        names = {language: model.candidate.name for language, model in models.items()}
        tables = {TOPICS: estimator.topics(texts), WORDS: estimator.words()}
        return Trained(
            model_name=", ".join(sorted(set(names.values()))) or NONE,
            estimator=estimator,
            details={"language": main, "reasons": reasons},
            trained_as_of_date=data.details["day"],
            training_row_count=sum(len(texts[language]) for language in models),
            evaluations=[_evaluation(each, data) for each in found],
            parameters={**self.parameters(), "chosen": names},
            tables={name: rows for name, rows in tables.items() if len(rows)},
        )

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Topics of every review of the frame, see `ReviewTopicModel.predict`."""
        model: ReviewTopicModel = artefact.estimator
        return keyed(artefact, frame, model.predict(frame))

    def _fit(
        self, language: str, texts: list[str]
    ) -> tuple[TopicModel | None, list[Measured], str]:
        least = self.config.min_texts
        if len(texts) < least:
            return None, [], f"{len(texts)} reviews with text, topics need {least}"
        measured = choose(texts, language, self.config)
        if not measured:
            return None, [], "the reviews have too few words in common for topics"
        chosen = next(each.candidate for each in measured if each.is_chosen)
        kept = sorted(drawn_rows(len(texts), self.config.max_texts).tolist())
        return fit([texts[row] for row in kept], language, chosen), measured, "too few words"


def _by_language(texts: Texts) -> dict[str, list[str]]:
    language = texts.language
    return {
        str(name): [texts.whole[row] for row in np.flatnonzero((language == name).to_numpy())]
        for name in sorted(language.dropna().unique())
    }


def _evaluation(found: Measured, data: TrainingData) -> Evaluation:
    gain = found.value - found.baseline
    return Evaluation(
        model_name=found.candidate.name,
        is_champion=found.is_chosen,
        metric_name=METRIC,
        metric_value=found.value,
        ci_lower=found.value - found.half_width,
        ci_upper=found.value + found.half_width,
        baseline_name=FREQUENT,
        baseline_value=found.baseline,
        protocol=found.protocol,
        evaluated_as_of_date=data.details["day"],
        sample_count=found.count,
        gain_lower=gain - found.gain_half_width,
        gain_upper=gain + found.gain_half_width,
    )
