"""Fitting and measuring the sentiment of reviews, language by language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ml.columns import CUSTOMER_ID
from ml.heldout import HeldOut, measured
from ml.metrics import RESAMPLES, Floats, Measure
from ml.reviews import vader
from ml.reviews.classifier import Classes, SentimentClassifier, Setting, choose, classes_of, fit
from ml.reviews.columns import CLASSES, RATING, REVIEWED_AT
from ml.reviews.language import LIKELY
from ml.reviews.measures import MACRO_F1, POSITIVE_AUC
from ml.reviews.sentiment import CLASSIFIER, VADER
from ml.reviews.splits import Split, split
from ml.reviews.texts import Texts
from ml.task import Evaluation

MAJORITY = "majority class"
WORDS = (
    "rated reviews with text in language {language}; classes are ratings 1 and 2, 3, 4 and 5; "
    "{split}; {choice}; the rating is the label and never a feature; intervals resample {whom}"
)
CHOICE = "penalty and weight of rare classes chosen by 3 folds of the reviews learned from"
NOTHING = "nothing was fitted to any of them"


class SentimentConfig(BaseModel):
    """Rules of the task that a data scientist may want to change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: tuple[str, ...] = LIKELY
    min_rated: int = Field(default=400, ge=50)
    """Rated reviews with text that a language needs for a model of its own."""
    min_class: int = Field(default=25, ge=5)
    """Of these, reviews of each of the three classes."""
    min_measured: int = Field(default=50, ge=10)
    """Rated English reviews from which VADER is measured where it scores."""
    max_rows: int = Field(default=60_000, ge=1_000)
    """The newest reviews that training reads."""
    resamples: int = Field(default=RESAMPLES, ge=100)


@dataclass(frozen=True)
class Rated:
    """The rated reviews of one language, oldest first."""

    language: str
    frame: pd.DataFrame
    texts: pd.DataFrame
    whole: list[str]
    classes: Classes

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class Measured:
    """Held-out classes beside what the model and the baselines said, for one language.

    A model says a label and a score: `labels` and `scores` by name.
    """

    name: str
    language: str
    classes: Classes
    entity: Classes
    labels: dict[str, Classes]
    scores: dict[str, Floats]
    protocol: str
    day: date


def rated_by_language(frame: pd.DataFrame, texts: Texts) -> list[Rated]:
    """The rated reviews that have words, by language."""
    language = texts.language
    return [
        _of_language(frame, texts, str(name), np.flatnonzero(rows.to_numpy()))
        for name in sorted(language.dropna().unique())
        if (rows := (language == name) & frame[RATING].notna()).any()
    ]


def _of_language(frame: pd.DataFrame, texts: Texts, name: str, rows: Classes) -> Rated:
    kept = frame.iloc[rows]
    whole = [texts.whole[row] for row in rows]
    return Rated(name, kept, texts.columns.iloc[rows], whole, classes_of(kept[RATING]))


def why_not(rated: Rated, config: SentimentConfig) -> str | None:
    """Why a language gets no model of its own, None where it does."""
    if len(rated) < config.min_rated:
        return f"{len(rated)} rated reviews with text, a model needs {config.min_rated}"
    counts = np.bincount(rated.classes, minlength=len(CLASSES))
    rarest = int(counts.argmin())
    if counts[rarest] < config.min_class:
        return (
            f"{counts[rarest]} {CLASSES[rarest]} ones among the rated reviews, "
            f"a model needs {config.min_class}"
        )
    return None


def fit_language(
    rated: Rated, wanted: date | None, day: date
) -> tuple[SentimentClassifier, Measured]:
    """Choose and fit on the past, measure on what came after, then fit to all."""
    cut = split(rated.frame[REVIEWED_AT], rated.classes, wanted)
    past = np.flatnonzero(~cut.held_out)
    setting = choose(rated.texts.iloc[past], rated.classes[past])
    early = fit(rated.texts.iloc[past], rated.classes[past], setting)
    return fit(rated.texts, rated.classes, setting), _held_out(rated, early, cut, day)


def _held_out(rated: Rated, model: SentimentClassifier, cut: Split, day: date) -> Measured:
    rows = np.flatnonzero(cut.held_out)
    probabilities = model.probabilities(rated.texts.iloc[rows])
    labels = {CLASSIFIER: model.labels(probabilities)}
    scores = {CLASSIFIER: probabilities[:, -1] - probabilities[:, 0]}
    majority = int(model.shares.argmax())
    return _beside(rated, rows, labels, scores, majority, (cut.words, CHOICE), cut.cut or day)


def measure_vader(rated: Rated, day: date) -> Measured:
    """VADER on all rated reviews, where nothing was fitted to any of them."""
    rows = np.arange(len(rated))
    majority = int(np.bincount(rated.classes, minlength=len(CLASSES)).argmax())
    return _beside(rated, rows, {}, {}, majority, ("all of them", NOTHING), day)


def _beside(  # noqa: PLR0913 (what a measurement is made of)
    rated: Rated,
    rows: Classes,
    labels: dict[str, Classes],
    scores: dict[str, Floats],
    majority: int,
    words: tuple[str, str],
    day: date,
) -> Measured:
    """Put the baselines beside a model: the majority class, and for English VADER."""
    labels = {**labels, MAJORITY: np.full(rows.size, majority)}
    scores = {**scores, MAJORITY: np.zeros(rows.size)}
    if rated.language == vader.LANGUAGE:
        compound = vader.compound([rated.whole[row] for row in rows])
        labels[VADER], scores[VADER] = vader.classes(compound), compound
    entity, whom = entities(rated.frame.iloc[rows])
    said = WORDS.format(language=rated.language, split=words[0], choice=words[1], whom=whom)
    name = next(iter(labels)) if CLASSIFIER in labels else VADER
    return Measured(name, rated.language, rated.classes[rows], entity, labels, scores, said, day)


def entities(frame: pd.DataFrame) -> tuple[Classes, str]:
    """Whom an interval resamples: customers with all of their reviews, or reviews of nobody."""
    known = frame[CUSTOMER_ID].notna().to_numpy()
    if not known.any():
        return np.arange(len(frame)), "reviews"
    codes = pd.factorize(frame[CUSTOMER_ID])[0].astype(np.int64)
    codes[~known] = codes.max() + 1 + np.arange(int((~known).sum()))
    return codes, "customers, each with all of their reviews"


def evaluations(found: Measured, resamples: int) -> Iterator[Evaluation]:
    """One row per metric and baseline."""
    labels = {name: values.astype(np.float64) for name, values in found.labels.items()}
    for metric, measure, said in (
        ("macro_f1", MACRO_F1, labels),
        ("roc_auc", POSITIVE_AUC, found.scores),
    ):
        yield from _of_metric(found, metric, measure, said, resamples)


def _of_metric(
    found: Measured, metric: str, measure: Measure, said: dict[str, Floats], resamples: int
) -> Iterator[Evaluation]:
    part = np.zeros(found.classes.size, dtype=np.int64)
    held = HeldOut(found.classes, part, found.entity, said)
    result = measured(held, measure, list(said), resamples)
    own = result.estimate(found.name)
    for baseline in said:
        if baseline == found.name:
            continue
        gain = result.difference(found.name, baseline)
        yield Evaluation(
            model_name=f"{found.name}_{found.language}",
            is_champion=True,
            metric_name=metric,
            metric_value=own.value,
            ci_lower=own.lower,
            ci_upper=own.upper,
            baseline_name=baseline,
            baseline_value=result.values[baseline],
            protocol=found.protocol,
            evaluated_as_of_date=found.day,
            sample_count=found.classes.size,
            gain_lower=gain.lower,
            gain_upper=gain.upper,
        )


def setting_words(setting: Setting) -> dict[str, float]:
    """A setting for the registry."""
    return {"penalty": setting.penalty, "power": setting.power}
