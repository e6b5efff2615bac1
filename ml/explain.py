"""Why a model says what it says of a customer, in words.

Contributions are SHAP values (Lundberg and Lee 2017): exact ones of trees (TreeSHAP), the exact
ones of a straight line (coefficient times distance from the mean), in log-odds, and they add up:

    log-odds(row) = log-odds(base) + sum of the contributions of the row

A forest speaks in probabilities, and a blend is a mean of probabilities. There a contribution is
passed on by the rescale rule (Shrikumar et al. 2017): whatever a member moved away from its own
base is shared out among its features as its own contributions are, and what the mean moved is
turned back into log-odds by the secant between base and row. Both steps are positive factors, so
no sign changes, and sums stay exact. For a single straight line or boosted model nothing changes.

Calibration lies behind the model and is monotone: it moves no reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from ml.calibration import model_inside
from ml.columns import REASONS
from ml.estimators.preprocess import feature_of
from ml.feature_contract import Feature, FeatureContract, names_in
from warehouse.errors import ClienteleError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
EDGE = 1e-12
RAISES, LOWERS = "raises the risk: ", "lowers the risk: "


@dataclass(frozen=True)
class Contributions:
    """What each feature adds to the log-odds of a row.

    `base` is the log-odds of the average training row; `values` has one column per feature and
    one row per row.
    """

    base: float
    values: pd.DataFrame

    def by_theme(self, themes: Mapping[str, str]) -> pd.DataFrame:
        """Sums over features of one theme, shape (rows, themes)."""
        return self.values.T.groupby(self.values.columns.map(themes), sort=True).sum().T


@dataclass(frozen=True)
class _Member:
    """One model of a blend: base and contributions, in log-odds or in probability."""

    base: float
    values: Floats
    names: list[str]
    in_log_odds: bool

    def in_probability(self) -> tuple[float, Floats]:
        """Base probability, and contributions to the probability, shape (rows, columns)."""
        if not self.in_log_odds:
            return self.base, self.values
        total = self.base + self.values.sum(axis=1)
        return float(_sigmoid(self.base)), self.values * _slope(
            total, self.base, _sigmoid(total), float(_sigmoid(self.base))
        )


def contributions(model: Any, frame: pd.DataFrame, features: tuple[str, ...]) -> Contributions:
    """Share out the log-odds of a classifier's rows among features.

    Args:
        model: a fitted classifier of `ml.estimators`, calibrated or not.
        frame: feature frame, any number of rows.
        features: names of the features, in order.

    Raises:
        ClienteleError: the model is of a kind that has no exact contributions here.
    """
    parts = [_member(part, frame) for part in _members(model_inside(model))]
    if len(parts) == 1 and parts[0].in_log_odds:
        return Contributions(parts[0].base, _per_feature(parts[0], parts[0].values, features))
    moved = [part.in_probability() for part in parts]
    base = float(np.mean([start for start, _ in moved]))
    shared = [
        _per_feature(part, values, features) for part, (_, values) in zip(parts, moved, strict=True)
    ]
    mean = sum(shared[1:], shared[0]) / len(shared)
    total = base + mean.to_numpy().sum(axis=1)
    return Contributions(_logit(base), mean * _slope(total, base, _logit(total), _logit(base)))


def with_reasons(
    model: Any, contract: FeatureContract, frame: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """Add `reason_1` to `reason_3` to scores of the same rows: the strongest themes, in words.

    Features of one theme speak with one voice, so that two columns that say nearly the same do not
    cancel out in one reason and return in the next. The words are those of the theme's strongest
    feature. Reasons are ordered by size, whichever way they point; a theme that adds nothing is
    none.
    """
    found = contributions(model, frame, contract.feature_names)
    reasons = _reasons(found, contract, frame)
    texts = {name: reasons[:, number] for number, name in enumerate(REASONS)}
    return scores.assign(**texts)


def _reasons(found: Contributions, contract: FeatureContract, frame: pd.DataFrame) -> NDArray[Any]:
    features = {feature.name: feature for feature in contract.features}
    themes = {feature.name: feature.about for feature in contract.features}
    sums = found.by_theme(themes)
    totals = sums.to_numpy()
    order = np.argsort(-np.abs(totals), axis=1, kind="stable")[:, : len(REASONS)]
    speakers = _speakers(found, themes, sums)
    values = {name: frame[name].to_numpy() for name in contract.feature_names}
    texts = np.full((len(frame), len(REASONS)), None, dtype=object)
    for row, chosen in enumerate(order):
        said = _Row(values, row)
        for place, theme in enumerate(chosen):
            added = totals[row, theme]
            if abs(added) > EDGE:
                feature = features[speakers[row, theme]]
                texts[row, place] = (RAISES if added > 0 else LOWERS) + words(feature, said)
    return texts


def _speakers(found: Contributions, themes: Mapping[str, str], sums: pd.DataFrame) -> NDArray[Any]:
    """Name of the feature that adds most in the direction of its theme, shape (rows, themes)."""
    speakers = np.empty(sums.shape, dtype=object)
    for number, theme in enumerate(sums.columns):
        members = [name for name in found.values.columns if themes[name] == theme]
        along = found.values[members].to_numpy() * np.sign(sums[theme].to_numpy())[:, None]
        speakers[:, number] = np.array(members, dtype=object)[along.argmax(axis=1)]
    return speakers


def words(feature: Feature, row: Mapping[str, Any]) -> str:
    """Put the value of a feature into words: its phrase, or else its description.

    Args:
        feature: whose phrase may name other features of the row.
        row: value per feature.
    """
    phrase = feature.phrase
    if phrase and any(pd.isna(row.get(name)) for name in names_in(phrase)):
        phrase = feature.phrase_unknown
    if phrase and not any(pd.isna(row.get(name)) for name in names_in(phrase)):
        return phrase.format_map({name: _said(row[name]) for name in names_in(phrase)})
    what = feature.description.partition(". ")[0].partition("; ")[0].rstrip(".") or feature.name
    value = row[feature.name]
    return f"{what}: {'unknown' if pd.isna(value) else _said(value)}"


class _Row(Mapping[str, Any]):
    """One row of columns."""

    def __init__(self, values: dict[str, NDArray[Any]], row: int) -> None:
        self.values_by_name, self.row = values, row

    def __getitem__(self, name: str) -> Any:
        return self.values_by_name[name][self.row]

    def __iter__(self) -> Any:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


def _said(value: Any) -> str:
    """A value as people write it: no decimals where they say nothing."""
    if isinstance(value, str):
        return value
    number = float(value)
    if number == round(number) or abs(number) >= 10:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 1 else f"{number:.2f}"


def _members(model: Any) -> list[Any]:
    return list(model.estimators_) if isinstance(model, VotingClassifier) else [model]


def _member(pipeline: Any, frame: pd.DataFrame) -> _Member:
    names = list(pipeline.named_steps["columns"].get_feature_names_out())
    rows: Any = frame
    for _, step in pipeline.steps[:-1]:
        if hasattr(step, "transform"):
            rows = step.transform(rows)
    model = pipeline.steps[-1][1]
    base, values, in_log_odds = _shap(model, np.asarray(rows, dtype=np.float64))
    return _Member(base, values, names, in_log_odds)


def _shap(model: Any, rows: Floats) -> tuple[float, Floats, bool]:
    """Base, contributions, and whether they are log-odds rather than probabilities."""
    kind = type(model).__name__
    if isinstance(model, LogisticRegression):
        return float(model.intercept_[0]), rows * model.coef_[0], True
    if isinstance(model, LGBMClassifier):
        # LightGBM's own TreeSHAP; the last column is the base.
        found: Floats = model.booster_.predict(rows, pred_contrib=True)
        return float(found[0, -1]), found[:, :-1], True
    if kind == "XGBClassifier":
        from xgboost import DMatrix  # noqa: PLC0415 (an optional extra)

        found = model.get_booster().predict(DMatrix(rows), pred_contribs=True).astype(np.float64)
        return float(found[0, -1]), found[:, :-1], True
    if isinstance(model, (DecisionTreeClassifier, RandomForestClassifier)):
        from shap import TreeExplainer  # noqa: PLC0415 (its import takes seconds)

        explainer = TreeExplainer(model)
        values: Floats = np.asarray(explainer.shap_values(rows), dtype=np.float64)[..., 1]
        return float(np.asarray(explainer.expected_value)[1]), values, False
    raise ClienteleError(f"{kind} has no exact contributions: teach ml.explain, or score without")


def _per_feature(part: _Member, values: Floats, features: tuple[str, ...]) -> pd.DataFrame:
    """Sum the columns of a pipeline by the feature that they were made from."""
    owners = [feature_of(name) for name in part.names]
    summed = pd.DataFrame(values.T).groupby(owners, sort=False).sum().T
    return summed.reindex(columns=list(features), fill_value=0.0)


def _slope(end: Floats, start: float, value_at_end: Floats, value_at_start: float) -> Floats:
    """Slope of the secant of a rising function, shape (rows, 1); 1 where it is a point.

    At a point nothing was moved, so that there is nothing to share out.
    """
    run = end - start
    flat = np.abs(run) < EDGE
    slope = np.where(flat, 1.0, (value_at_end - value_at_start) / np.where(flat, 1.0, run))
    return slope.reshape(-1, 1)


def _sigmoid(log_odds: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-log_odds))


def _logit(probability: Any) -> Any:
    clipped = np.clip(probability, EDGE, 1.0 - EDGE)
    return np.log(clipped / (1.0 - clipped))
