"""Three classes of sentiment for the reviews of one language: choice, fit and prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.estimators import SEED
from ml.metrics import Floats
from ml.reviews.columns import CLASSES
from ml.reviews.features import TextFeatures
from ml.reviews.measures import macro_f1

Classes = NDArray[np.int64]
PENALTIES = (1.0, 3.0)
"""Inverse strengths of the L2 penalty that are tried."""
POWERS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0)
FOLDS = 3
MAX_CHOICE_ROWS = 12_000
"""Reviews that the choice is made on; of more, a sample."""


@dataclass(frozen=True)
class Setting:
    """What was chosen. `power` p favours rare classes: the label is the class with the largest
    probability / share**p."""

    penalty: float
    power: float


@dataclass(frozen=True)
class SentimentClassifier:
    """A fitted model: the words, the weights, and the shares of the classes in training."""

    words: TextFeatures
    model: Any
    shares: Floats
    setting: Setting

    def probabilities(self, texts: pd.DataFrame) -> Floats:
        """Shape (reviews, 3), rows add up to 1."""
        found: Floats = self.model.predict_proba(self.words.transform(texts))
        return found

    def labels(self, probabilities: Floats) -> Classes:
        """Numbers of the classes, see `Setting.power`."""
        return decided(probabilities, self.shares, self.setting.power)


def classes_of(rating: pd.Series) -> Classes:
    """0 for ratings 1 and 2, 1 for 3, 2 for 4 and 5."""
    values = rating.to_numpy(dtype="float64")
    return np.select([values <= 2, values < 4], [0, 1], 2).astype(np.int64)


def decided(probabilities: Floats, shares: Floats, power: float) -> Classes:
    """The class of each row with the largest probability / share**power."""
    favoured = probabilities / np.maximum(shares, 1e-9) ** power
    return np.asarray(favoured.argmax(axis=1), dtype=np.int64)


def fit(
    texts: pd.DataFrame, classes: Classes, setting: Setting | None = None
) -> SentimentClassifier:
    """Fit to all reviews, with a setting that is chosen by folds of them where none is given."""
    chosen = setting or choose(texts, classes)
    words = TextFeatures()
    model = _fitted(words.fit_transform(texts), classes, chosen.penalty)
    return SentimentClassifier(words, model, _shares(classes), chosen)


def choose(texts: pd.DataFrame, classes: Classes) -> Setting:
    """The penalty with the least log loss and the power with the best macro F1 of its labels,
    both over reviews that were not fitted to: three folds, each held out in turn."""
    rows = _sample(classes)
    texts, classes = texts.iloc[rows], classes[rows]
    held = _out_of_fold(texts, classes)
    losses = {p: _log_loss(found, classes) for p, found in held.items()}
    penalty = min(PENALTIES, key=lambda p: (losses[p], p))
    shares = _shares(classes)
    scores = {
        power: macro_f1(classes, decided(held[penalty], shares, power).astype(np.float64))
        for power in POWERS
    }
    return Setting(penalty, max(POWERS, key=lambda power: (scores[power], -power)))


def _out_of_fold(texts: pd.DataFrame, classes: Classes) -> dict[float, Floats]:
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415

    held = {penalty: np.zeros((len(classes), len(CLASSES))) for penalty in PENALTIES}
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for fitted, out in folds.split(classes, classes):
        words = TextFeatures()
        numbers = words.fit_transform(texts.iloc[fitted])
        others = words.transform(texts.iloc[out])
        for penalty in PENALTIES:
            model = _fitted(numbers, classes[fitted], penalty)
            held[penalty][out] = model.predict_proba(others)
    return held


def _fitted(numbers: Any, classes: Classes, penalty: float) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return LogisticRegression(C=penalty, max_iter=300).fit(numbers, classes)


def _shares(classes: Classes) -> Floats:
    return np.bincount(classes, minlength=len(CLASSES)) / max(1, classes.size)


def _log_loss(probabilities: Floats, classes: Classes) -> float:
    of_class = probabilities[np.arange(classes.size), classes]
    return float(-np.log(np.maximum(of_class, 1e-15)).mean())


def _sample(classes: Classes) -> NDArray[np.int64]:
    """Rows that the choice is made on, in order: all of them, or as many of each class as its
    share is."""
    if classes.size <= MAX_CHOICE_ROWS:
        return np.arange(classes.size)
    order = np.random.default_rng(SEED).permutation(classes.size)
    ranked = order[np.argsort(classes[order], kind="stable")]
    step = classes.size / MAX_CHOICE_ROWS
    picked = ranked[(np.arange(MAX_CHOICE_ROWS) * step).astype(np.int64)]
    return np.sort(picked)
