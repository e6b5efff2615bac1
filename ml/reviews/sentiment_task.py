"""The task review_sentiment, see docs/reviews.md."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from ml.artefact import Artefact
from ml.reviews import vader
from ml.reviews.base import ReviewTask, keyed
from ml.reviews.classifier import SentimentClassifier
from ml.reviews.reading import check_label
from ml.reviews.sentiment import CLASSIFIER, VADER, SentimentModel
from ml.reviews.sentiment_fit import (
    Measured,
    Rated,
    SentimentConfig,
    evaluations,
    fit_language,
    measure_vader,
    rated_by_language,
    setting_words,
    why_not,
)
from ml.reviews.texts import read_texts, shop_language
from ml.task import Decision, Evaluation, Trained, TrainingData


class ReviewSentiment(ReviewTask):
    """Three classes with a probability, learned from ratings; VADER where these are too few."""

    name: ClassVar[str] = "review_sentiment"
    score_table: ClassVar[str] = "ml.review_sentiment_scores"
    headline_metrics: ClassVar[tuple[str, ...]] = ("macro_f1", "roc_auc")

    def __init__(self, config: SentimentConfig | None = None) -> None:
        self.config = config or SentimentConfig()

    def train(self, data: TrainingData) -> Trained:
        """Choose, measure and fit a model per language with enough rated reviews."""
        check_label(data.contract)
        columns = tuple(data.contract.names("text"))
        main = shop_language(data.frame, columns, self.config.languages)
        texts = read_texts(data.frame, columns, main, self.config.languages)
        rated = rated_by_language(data.frame, texts)
        models, found = self._fit(rated, data)
        reasons = {r.language: why for r in rated if (why := why_not(r, self.config))}
        estimator = SentimentModel(columns, main, models, reasons, languages=self.config.languages)
        counts = {each.language: len(each) for each in rated}
        chosen = {name: setting_words(model.setting) for name, model in models.items()}
        return Trained(
            model_name=CLASSIFIER if models else VADER,
            estimator=estimator,
            details={"language": main, "rated": counts, "reasons": reasons},
            trained_as_of_date=data.details["day"],
            training_row_count=sum(counts[language] for language in models),
            evaluations=[row for each in found for row in evaluations(each, self.config.resamples)],
            parameters={**self.parameters(), "settings": chosen},
        )

    def _fit(
        self, rated: list[Rated], data: TrainingData
    ) -> tuple[dict[str, SentimentClassifier], list[Measured]]:
        models: dict[str, SentimentClassifier] = {}
        found: list[Measured] = []
        day = data.details["day"]
        for each in rated:
            if why_not(each, self.config) is None:
                wanted = data.details["evaluate_at"]
                models[each.language], measurement = fit_language(each, wanted, day)
                found.append(measurement)
            elif each.language == vader.LANGUAGE and len(each) >= self.config.min_measured:
                found.append(measure_vader(each, day))
        return models, found

    def decide(self, champion: Artefact | None, data: TrainingData, trained: Trained) -> Decision:
        """The newest model scores; the reason says what it is and how good."""
        return Decision("promoted" if champion else "first", _words(trained))

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Language and sentiment of every review of the frame, see `SentimentModel.predict`."""
        model: SentimentModel = artefact.estimator
        return keyed(artefact, frame, model.predict(frame))


def _words(trained: Trained) -> str:
    said = {row.model_name: _value(row) for row in trained.evaluations if _is_headline(row)}
    reasons: dict[str, Any] = trained.details["reasons"]
    parts = [f"{name}: macro F1 {value}" for name, value in said.items()]
    parts += [f"no model for language {language}: {why}" for language, why in reasons.items()]
    return "; ".join(parts) or "no rated reviews with text"


def _is_headline(row: Evaluation) -> bool:
    return row.metric_name == "macro_f1"


def _value(row: Evaluation) -> str:
    return f"{row.metric_value:.3f} ({row.ci_lower:.3f} to {row.ci_upper:.3f})"
