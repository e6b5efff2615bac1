"""Calibrated probabilities: what a model said of rows that it was not fitted to, made honest.

A calibrator is fitted to forward held-out predictions of the past: each held-out date was predicted
by a model that was fitted to windows closed before it, as at scoring. Sigmoid is Platt (1999)
on log-odds, isotonic is Zadrozny and Elkan (2002). Whether one helps is decided on rows that the
calibrator was not fitted to either: every part in turn, calibrated by the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from ml.metrics import Bools, Floats, log_loss

Method = Literal["none", "sigmoid", "isotonic"]
METHODS: tuple[Method, ...] = ("none", "sigmoid", "isotonic")
# A calibrator that saves less log loss than this has fitted noise; simpler ones come first.
WORTH_NATS = 0.0005
EDGE = 1e-6


class Sigmoid:
    """p -> sigmoid(a logit(p) + b)."""

    def fit(self, probability: Floats, outcome: Bools) -> Sigmoid:
        """Fit slope and shift by maximum likelihood."""
        self.model = LogisticRegression(C=1e6).fit(_logit(probability), outcome)
        return self

    def predict(self, probability: Floats) -> Floats:
        """Calibrated probabilities, shape (rows,)."""
        calibrated: Floats = self.model.predict_proba(_logit(probability))[:, 1]
        return calibrated


class Isotonic:
    """The monotone step function that fits best, never quite 0 or 1."""

    def fit(self, probability: Floats, outcome: Bools) -> Isotonic:
        """Fit the steps."""
        self.model = IsotonicRegression(out_of_bounds="clip", y_min=0.0, y_max=1.0)
        self.model.fit(probability, outcome.astype(np.float64))
        # n customers who all churned say (n + 1) / (n + 2) at most (rule of succession).
        self.edge = 1.0 / (len(outcome) + 2.0)
        return self

    def predict(self, probability: Floats) -> Floats:
        """Calibrated probabilities, shape (rows,)."""
        steps: Floats = np.clip(self.model.predict(probability), self.edge, 1.0 - self.edge)
        return steps


class Calibrated(BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """A fitted classifier with a fitted calibrator behind it. `model` is the classifier itself."""

    def __init__(self, model: Any, calibrator: Any) -> None:
        self.model = model
        self.calibrator = calibrator

    def predict_proba(self, frame: pd.DataFrame) -> Floats:
        """Calibrated probabilities, shape (rows, 2)."""
        positive = self.calibrator.predict(self.model.predict_proba(frame)[:, 1])
        return np.column_stack([1.0 - positive, positive])


def fit_calibrator(method: Method, probability: Floats, outcome: Bools) -> Any:
    """Fit a calibrator to held-out probabilities and what happened; None for `none`."""
    if method == "none":
        return None
    return (Sigmoid() if method == "sigmoid" else Isotonic()).fit(probability, outcome)


def choose_method(
    probability: Floats, outcome: Bools, part: NDArray[np.int64], offered: Sequence[Method]
) -> Method:
    """Choose the calibration with the lowest log loss on parts that it was not fitted to.

    Args:
        probability: held-out predictions, shape (rows,).
        outcome: what happened.
        part: the held-out date or fold of each row, as a number.
        offered: the methods to choose from, simplest first.

    Returns:
        `none` where no other saves at least 0.0005 nats; a more complex one has to save as much
        over a simpler one. With a single part there is nothing to test on: the first offered.
    """
    parts = np.unique(part)
    best = offered[0]
    if len(parts) < 2:
        return best
    lowest = _held_out_loss(best, probability, outcome, part)
    for method in offered[1:]:
        loss = _held_out_loss(method, probability, outcome, part)
        if loss < lowest - WORTH_NATS:
            best, lowest = method, loss
    return best


def model_inside(model: Any) -> Any:
    """The model itself, out of its calibration if it has one."""
    return model.model if isinstance(model, Calibrated) else model


def _held_out_loss(
    method: Method, probability: Floats, outcome: Bools, part: NDArray[np.int64]
) -> float:
    losses = []
    for number in np.unique(part):
        held = part == number
        calibrator = fit_calibrator(method, probability[~held], outcome[~held])
        said = calibrator.predict(probability[held]) if calibrator else probability[held]
        losses.append(log_loss(outcome[held], said))
    return float(np.mean(losses))


def _logit(probability: Floats) -> Floats:
    clipped = np.clip(probability, EDGE, 1.0 - EDGE)
    return np.log(clipped / (1.0 - clipped)).reshape(-1, 1)
