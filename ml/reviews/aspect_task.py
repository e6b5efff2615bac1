"""The task review_aspects, see docs/reviews.md. Its model is the lexicon of the seeds."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ml.artefact import Artefact
from ml.heldout import HeldOut, measured
from ml.metrics import RESAMPLES
from ml.reviews import reading, vader
from ml.reviews.aspect_model import ASPECT, POLARITY, AspectModel
from ml.reviews.base import ReviewTask, keyed
from ml.reviews.classifier import classes_of
from ml.reviews.columns import RATING
from ml.reviews.language import LIKELY
from ml.reviews.lexicon import lexicons
from ml.reviews.measures import POSITIVE_AUC
from ml.reviews.sentiment_fit import entities
from ml.reviews.texts import read_texts, shop_language
from ml.task import Evaluation, Trained, TrainingData
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

LEXICON = "aspect_lexicon"
CHANCE = "chance"
ALL = "vader of the whole review"
PROTOCOL = (
    "the newest {count} rated reviews in which an aspect is judged, language {language}: the mean "
    "polarity of their aspects against ratings of 4 and 5 versus the rest; nothing is fitted to "
    "reviews; intervals resample {whom}"
)


class AspectConfig(BaseModel):
    """Rules of the task that a data scientist may want to change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: tuple[str, ...] = LIKELY
    max_rows: int = Field(default=10_000, ge=100)
    """The newest reviews that the language of the shop and the evaluation are taken from."""
    min_measured: int = Field(default=50, ge=10)
    resamples: int = Field(default=RESAMPLES, ge=100)


class ReviewAspects(ReviewTask):
    """What reviews speak of, and how: a lexicon, frozen when the model is made."""

    name: ClassVar[str] = "review_aspects"
    score_table: ClassVar[str] = "ml.review_aspect_scores"
    headline_metrics: ClassVar[tuple[str, ...]] = ("roc_auc",)

    def __init__(self, config: AspectConfig | None = None) -> None:
        self.config = config or AspectConfig()

    def lexicons(self, settings: Settings) -> dict[str, Any]:
        """Read the seeds."""
        aspects, opinions = reading.lexicons(settings)
        if aspects.empty or opinions.empty:
            raise ClienteleError("the seeds of aspects are empty: run 'clientele build'")
        return {"aspects": aspects, "opinions": opinions}

    def train(self, data: TrainingData) -> Trained:
        """Freeze the lexicon, and hold what it says against the ratings."""
        columns = tuple(data.contract.names("text"))
        main = shop_language(data.frame, columns, self.config.languages)
        found = lexicons(data.details["aspects"], data.details["opinions"])
        model = AspectModel(columns, main, found, self.config.languages)
        sizes = {name: len(lexicon.entries) for name, lexicon in found.items()}
        return Trained(
            model_name=LEXICON,
            estimator=model,
            details={"language": main},
            trained_as_of_date=data.details["day"],
            training_row_count=len(data.frame),
            evaluations=self._evaluate(model, data),
            parameters={**self.parameters(), "first_words": sizes},
        )

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Aspects of every review of the frame, see `AspectModel.predict`."""
        model: AspectModel = artefact.estimator
        found = model.predict(frame)
        return keyed(artefact, frame, found)

    def _evaluate(self, model: AspectModel, data: TrainingData) -> list[Evaluation]:
        rated = data.frame[data.frame[RATING].notna()].reset_index(drop=True)
        if rated.empty:
            return []
        found = model.predict(rated)
        judged = found[found[ASPECT].notna()]
        means = judged.groupby(level=0)[POLARITY].mean()
        language = judged.groupby(level=0)["language"].first()
        return [
            row
            for name in sorted(language.unique())
            for row in self._of_language(
                str(name), rated.loc[means.index[language == name]], means[language == name], data
            )
        ]

    def _of_language(
        self, language: str, rated: pd.DataFrame, means: pd.Series, data: TrainingData
    ) -> list[Evaluation]:
        classes = classes_of(rated[RATING])
        if len(rated) < self.config.min_measured or np.unique(classes == 2).size < 2:
            return []
        said = {LEXICON: means.to_numpy(dtype="float64"), CHANCE: np.zeros(len(rated))}
        if language == vader.LANGUAGE:
            texts = read_texts(rated, data.contract.names("text"), language)
            said[ALL] = vader.compound(texts.whole)
        entity, whom = entities(rated)
        held = HeldOut(classes, np.zeros(len(rated), dtype=np.int64), entity, said)
        result = measured(held, POSITIVE_AUC, list(said), self.config.resamples)
        own = result.estimate(LEXICON)
        protocol = PROTOCOL.format(count=len(rated), language=language, whom=whom)
        rows = []
        for baseline in said:
            if baseline == LEXICON:
                continue
            gain = result.difference(LEXICON, baseline)
            rows.append(
                Evaluation(
                    model_name=f"{LEXICON}_{language}",
                    is_champion=True,
                    metric_name="roc_auc",
                    metric_value=own.value,
                    ci_lower=own.lower,
                    ci_upper=own.upper,
                    baseline_name=baseline,
                    baseline_value=result.values[baseline],
                    protocol=protocol,
                    evaluated_as_of_date=data.details["day"],
                    sample_count=len(rated),
                    gain_lower=gain.lower,
                    gain_upper=gain.upper,
                )
            )
        return rows
