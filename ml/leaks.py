"""The leak alarm: what is too good to be true, and which features carry it. Pure functions.

A feature that all but names the outcome was usually written down after it: a status, a final bill,
a reason for leaving. Each feature is looked at alone, through the rate of the outcome in each of
its values (many numbers in twentieths, null as a value of its own), so that a leak hides neither
behind a category nor behind a single odd number. Rates come from one half of the rows and are
tested on the other, so that a feature with a value per row shows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.estimators import SEED
from ml.metrics import Bools, Floats, roc_auc
from ml.task import NotEnoughData

BINS = 20
PRIOR_ROWS = 5.0
"""Rows of the overall rate that a value's own rate is mixed with."""
SHOWN = 3


class LeakSuspected(NotEnoughData):
    """The data say more than they can know, so no model is made; the message says by which rule."""


def single_feature_aucs(
    frame: pd.DataFrame, outcome: Bools, numeric: Sequence[str], categorical: Sequence[str]
) -> dict[str, float]:
    """AUC of each feature alone, strongest first.

    Args:
        frame: one row per entity, of one as-of date.
        outcome: what happened, shape (rows,).
        numeric: names of numeric features.
        categorical: names of categorical features.

    Returns:
        0 to 1 by name; 0.5 is no better than chance.
    """
    half = np.random.default_rng(SEED).random(len(frame)) < 0.5
    codes = {name: _bins(frame[name]) for name in numeric}
    codes |= {name: pd.factorize(frame[name])[0] for name in categorical}
    found = {name: _auc_of_rates(values, outcome, half) for name, values in codes.items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def check_single_features(aucs: Mapping[str, float], ceiling: float, whose: str) -> None:
    """Refuse features that predict too well alone.

    Args:
        aucs: AUC by feature, strongest first.
        ceiling: the highest AUC that a single feature may have.
        whose: task and shop, for the message.

    Raises:
        LeakSuspected: one is above the ceiling; names all that are.
    """
    above = {name: auc for name, auc in aucs.items() if auc > ceiling}
    if above:
        raise LeakSuspected(
            f"{whose} stopped, a leak is suspected: {_named(above)} alone, more than {ceiling:g}; "
            "remove what is known only after the outcome, or raise the ceiling in the task's "
            "configuration once you have shown that it is known before"
        )


def check_model(auc: float, ceiling: float, aucs: Mapping[str, float], whose: str) -> None:
    """Refuse a model that is better than anybody believes.

    Args:
        auc: what the model reached on rows that it was not fitted to.
        ceiling: the highest AUC that is believed.
        aucs: AUC by feature, strongest first.
        whose: task and shop, for the message.

    Raises:
        LeakSuspected: it is above the ceiling; names the features that carry it.
    """
    if auc > ceiling:
        strongest = dict(list(aucs.items())[:SHOWN])
        raise LeakSuspected(
            f"{whose} stopped, a leak is suspected: AUC {auc:.4f} is more than {ceiling:g}; "
            f"strongest alone: {_named(strongest)}; remove what is known only after the outcome, "
            "or raise the ceiling in the task's configuration once you have shown that it is none"
        )


def _named(aucs: Mapping[str, float]) -> str:
    return ", ".join(f"{name} has AUC {auc:.3f}" for name, auc in aucs.items())


def _bins(values: pd.Series) -> NDArray[np.int64]:
    """Number of each value, or of the twentieth that it lies in where they are many; null is -1."""
    if values.nunique() <= BINS:
        return pd.factorize(values)[0].astype(np.int64)
    twentieth = pd.qcut(values, BINS, labels=False, duplicates="drop")
    codes: NDArray[np.int64] = twentieth.fillna(-1).to_numpy(dtype=np.int64)
    return codes


def _auc_of_rates(codes: NDArray[np.int64], outcome: Bools, half: Bools) -> float:
    return float(np.mean([_auc_of_half(codes, outcome, part) for part in (half, ~half)]))


def _auc_of_half(codes: NDArray[np.int64], outcome: Bools, learned: Bools) -> float:
    """AUC on one half of the rates of the other."""
    shifted = codes + 1
    size = int(shifted.max()) + 1
    rows = np.bincount(shifted[learned], minlength=size)
    positives = np.bincount(shifted[learned], weights=outcome[learned], minlength=size)
    prior = float(outcome[learned].mean())
    rates: Floats = (positives + PRIOR_ROWS * prior) / (rows + PRIOR_ROWS)
    return roc_auc(outcome[~learned], rates[shifted[~learned]])
