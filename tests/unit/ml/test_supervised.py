"""What churn does not show: amounts, intervals, folds of customers, tuning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from ml import estimators, tuning
from ml.artefact import Artefact
from ml.churn import Churn
from ml.estimators import Estimator, predicted
from ml.feature_contract import FeatureContract
from ml.fingerprint import RowDigest
from ml.splits import CustomerFolds
from ml.supervised import Baseline, Label, SupervisedConfig, SupervisedTask
from ml.task import NotEnoughData
from tests.unit.ml.shop import CONTRACT, frame, training_data
from tests.unit.ml.test_churn import DATES
from warehouse.errors import ClienteleError


class Share(BaseEstimator):
    """A share of what was spent, give or take a tenth of it."""

    def __init__(self, share: float = 0.1) -> None:
        self.share = share

    def fit(self, X: pd.DataFrame, y: Any) -> Share:
        self.fitted_ = len(X)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return X["net_revenue_amount"].to_numpy() * self.share

    def predict_interval(self, X: pd.DataFrame) -> np.ndarray:
        return np.outer(self.predict(X), [0.9, 1.1])


class Shares(Estimator):
    name = "share"
    kind = "regression"
    columns = ("net_revenue_amount",)

    def build(self, numeric, categorical, parameters):
        return Share(**parameters)

    def suggest(self, trial):
        return {"share": trial.suggest_float("share", 0.0, 1.0)}


class Value(SupervisedTask):
    name = "value"
    kind = "regression"
    label = Label(column="later", words="revenue")
    score_table = "ml.values"
    output = "value_amount"
    headline_metrics = ("mean_absolute_error",)
    loss = "mean_absolute_error"
    baselines: ClassVar[dict[str, Baseline]] = {
        "the same again": lambda past, later: later["net_revenue_amount"].to_numpy()
    }
    defaults = SupervisedConfig(estimators=("share",), resamples=100)


@pytest.fixture(autouse=True)
def shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(estimators.TRIED, "share", Shares())


def value_data():
    data = training_data(DATES, DATES[-1])
    later = data.frame["net_revenue_amount"] * 0.25
    return replace(data, frame=data.frame.assign(later=later))


def test_amounts_are_measured_beside_functions_and_the_mean() -> None:
    trained = Value().train(value_data())
    found = {(r.metric_name, r.baseline_name): r for r in trained.evaluations}
    error = found["mean_absolute_error", "the same again"]
    rows = value_data().frame
    mean = rows.loc[rows["as_of_date"] == DATES[-1], "later"].mean()
    # 0.1 and 1.0 instead of 0.25.
    assert error.metric_value == pytest.approx(0.6 * mean)
    assert error.baseline_value == pytest.approx(3.0 * mean)
    assert error.gain_upper < 0
    assert found["spearman", "mean of the past"].metric_value == pytest.approx(1.0)
    assert found["total_ratio", "mean of the past"].metric_value == pytest.approx(0.4)
    assert found["interval_coverage", "nominal"].metric_value == 0.0


def test_intervals_that_hold_the_outcome_cover_it() -> None:
    task = Value().with_parameters({"share": {"share": 0.25}})
    trained = task.train(value_data())
    found = {r.metric_name: r for r in trained.evaluations}
    assert found["interval_coverage"].metric_value == 1.0
    assert found["mean_absolute_error"].metric_value == pytest.approx(0.0)


def test_tuning_finds_the_planted_share_in_the_past_only(monkeypatch: pytest.MonkeyPatch) -> None:
    data = value_data()
    seen = []
    original = Value.validation_loss

    def spied(self, recipe, past, contract):
        seen.append(past["as_of_date"].max())
        return original(self, recipe, past, contract)

    monkeypatch.setattr(Value, "validation_loss", spied)
    found = tuning.tune(Value(), data, trials=25)
    assert found["share"]["share"] == pytest.approx(0.25, abs=0.05)
    assert max(seen) < pd.Timestamp(data.evaluate_at)
    assert tuning.tune(Value(), data, trials=25) == found
    trained = Value().with_parameters(found).train(data)
    assert trained.parameters["share"] == found["share"]["share"]


def test_tuning_that_does_not_help_changes_nothing() -> None:
    task = Value()
    data = value_data()
    exact = replace(data, frame=data.frame.assign(later=data.frame["net_revenue_amount"] * 0.1))
    assert tuning.tune(task, exact, trials=3) == {}


def test_too_few_rows_for_amounts_are_told() -> None:
    data = value_data()
    few = replace(data, frame=data.frame.groupby("as_of_date").head(20))
    with pytest.raises(NotEnoughData, match="value of s has 80 rows to learn from; it needs 100"):
        Value().train(few)


FOLDS = Churn(
    Churn.defaults.model_copy(
        update={
            "estimators": ("logistic_regression",),
            "resamples": 100,
            "split": CustomerFolds(folds=4, repeats=2),
        }
    )
)


def test_folds_measure_every_customer_once_per_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    data = training_data(["2024-05-01"], "2024-05-01", customers=400)
    parts = FOLDS.config.split.parts(data)
    assert len(parts) == 8
    for repeat in (parts[:4], parts[4:]):
        held = pd.concat([held for _, held in repeat])
        assert sorted(held["customer_id"]) == sorted(data.frame["customer_id"])
    for fit, held in parts:
        assert not set(fit["customer_id"]) & set(held["customer_id"])
        assert held["is_churned"].mean() == pytest.approx(data.frame["is_churned"].mean(), abs=0.02)
    trained = FOLDS.train(data)
    auc = next(r for r in trained.evaluations if r.metric_name == "roc_auc")
    assert 0.6 < auc.ci_lower < auc.metric_value < auc.ci_upper
    assert auc.sample_count == 800
    assert "2 times 4 folds of 400 customers" in auc.protocol
    assert trained.training_row_count == 400


def test_calibration_is_fitted_to_the_past_only() -> None:
    data = training_data(DATES, DATES[-1], customers=600)
    config = {"estimators": ("logistic_regression",), "resamples": 100}
    task = Churn(Churn.defaults.model_copy(update={**config, "calibrations": ("sigmoid",)}))
    trained = task.train(data)
    assert trained.details["calibration"] == "sigmoid"
    names = {row.model_name for row in trained.evaluations}
    assert names == {"logistic_regression", "logistic_regression, not calibrated"}
    # What happens on the evaluated date changes nothing that was fitted to its past.
    later = data.frame["as_of_date"] == pd.Timestamp(DATES[-1])
    other = data.frame.assign(is_churned=data.frame["is_churned"] ^ later)
    again = task.train(replace(data, frame=other))
    np.testing.assert_array_equal(trained.held_out, again.held_out)


def test_a_frozen_champion_is_compared_as_it_is_and_another_is_refitted() -> None:
    config = {"estimators": ("logistic_regression",), "resamples": 100}
    task = Churn(Churn.defaults.model_copy(update=config))
    data = training_data(DATES, DATES[-1])
    trained = task.train(data)

    def champion(newest: str) -> Artefact:
        old = training_data([day for day in DATES if day <= newest], newest)
        made = task.train(old)
        return Artefact(
            *("churn", "s", made.model_name, "v", CONTRACT),
            made.trained_as_of_date,
            made.estimator,
            made.details,
        )

    # The window of 1 April is over on 1 May; that of 1 May is what is measured.
    frozen = task.compare(champion("2024-04-01"), data, trained.held_out)
    assert frozen.how == "as it scored"
    refitted = task.compare(champion("2024-05-01"), data, trained.held_out)
    assert refitted.how == "refitted to the same past"
    # The same recipe on the same past is the challenger itself.
    np.testing.assert_allclose(
        refitted.held.predictions["champion"], refitted.held.predictions["challenger"]
    )
    later = data.frame[data.frame["as_of_date"] == DATES[-1]]
    np.testing.assert_allclose(
        frozen.held.predictions["champion"],
        predicted(champion("2024-04-01").estimator, later, "classification"),
    )


def test_an_estimator_says_which_features_it_lacks() -> None:
    fewer = FeatureContract(
        relation=CONTRACT.relation, keys=CONTRACT.keys, features=CONTRACT.features[:2]
    )
    with pytest.raises(ClienteleError, match="share needs net_revenue_amount"):
        estimators.build("share", fewer)


def test_a_digest_of_rows_ignores_their_order_and_nothing_else() -> None:
    rows = frame(["2024-01-01"]).head(20)
    names = list(rows)

    def digest(*parts: pd.DataFrame) -> str:
        found = RowDigest()
        for part in parts:
            found.update(part)
        return found.hexdigest(names)

    whole = digest(rows)
    assert digest(rows.iloc[::-1]) == whole
    assert digest(rows.iloc[7:], rows.iloc[:7]) == whole
    assert digest(rows.head(19)) != whole
    assert digest(rows.assign(order_count=rows["order_count"] + 1)) != whole
