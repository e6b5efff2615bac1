"""Subscription churn: folds for a snapshot, time for dates, and the leak alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml.artefact import Artefact
from ml.leaks import LeakSuspected
from ml.splits import CustomerFolds
from ml.subscription_churn import (
    FIXED_SUFFIX,
    SubscriptionChurn,
    SubscriptionSplits,
    is_snapshot,
    rate_by,
)
from ml.supervised import Recipe
from ml.task import NotEnoughData, Trained, TrainingData
from tests.unit.ml.subscribers import CONTRACT, DAY, dated, snapshot, training_data
from warehouse.errors import ClienteleError

DAYS = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
LAST = date(2024, 4, 1)
# Few trees and few folds: what is tested is the protocol.
SMALL: dict[str, Any] = {
    "resamples": 100,
    "calibrations": ("none",),
    "compared": ("decision_tree",),
    "parameters": {"lightgbm": {"n_estimators": 15}},
    "split": SubscriptionSplits(snapshot=CustomerFolds(folds=3, repeats=2), choice_folds=1),
}
TASK = SubscriptionChurn(SubscriptionChurn.defaults.model_copy(update=SMALL))


def with_config(**update: Any) -> SubscriptionChurn:
    return SubscriptionChurn(TASK.config.model_copy(update=update))


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return training_data(snapshot())


@pytest.fixture(scope="module")
def trained(data: TrainingData) -> Trained:
    return TASK.train(data)


def test_a_snapshot_is_told_by_its_labels() -> None:
    assert is_snapshot(snapshot())
    assert not is_snapshot(dated(DAYS))


def test_every_repeat_of_a_snapshot_holds_every_subscriber_out_once(data: TrainingData) -> None:
    parts = TASK.config.split.parts(data)
    assert len(parts) == 6
    for first in (0, 3):
        held = pd.concat([later for _, later in parts[first : first + 3]])
        assert sorted(held["subscription_id"]) == sorted(data.frame["subscription_id"])
    for fit, later in parts:
        assert not set(fit["subscription_id"]) & set(later["subscription_id"])
        assert abs(later["is_churned"].mean() - data.frame["is_churned"].mean()) < 0.01


def test_what_is_reported_was_chosen_inside_the_folds(
    data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []

    def choose(_: SubscriptionChurn, past: pd.DataFrame, contract: object) -> Recipe:
        seen.append(set(past["subscription_id"]))
        return Recipe("lightgbm")

    monkeypatch.setattr(SubscriptionChurn, "choose", choose)
    parts = TASK.config.split.parts(data)[:2]
    held = TASK.hold_out(parts, data.contract, Recipe("logistic_regression"))
    assert seen == [set(fit["subscription_id"]) for fit, _ in parts]
    fixed = held.named("logistic_regression" + FIXED_SUFFIX)
    np.testing.assert_array_equal(held.named("logistic_regression"), held.named("lightgbm"))
    assert not np.array_equal(fixed, held.named("lightgbm"))


def test_a_calibration_that_is_chosen_inside_the_folds_is_fitted_inside_them(
    data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Recipe("logistic_regression", "sigmoid")
    monkeypatch.setattr(SubscriptionChurn, "choose", lambda *_: chosen)
    parts = TASK.config.split.parts(data)[:1]
    held = TASK.hold_out(parts, data.contract, Recipe("lightgbm"))
    said, raw = held.named("lightgbm"), held.named("logistic_regression")
    assert not np.allclose(said, raw)
    # A sigmoid moves probabilities and keeps their order.
    np.testing.assert_array_equal(np.argsort(said), np.argsort(raw))


def test_training_reports_all_estimators_beside_baselines(trained: Trained) -> None:
    names = {row.model_name for row in trained.evaluations}
    kept = trained.model_name
    assert names == {*TASK.config.estimators, "decision_tree", kept + FIXED_SUFFIX}
    references = {row.baseline_name for row in trained.evaluations}
    assert references == {"contract alone", "tenure alone", "base rate"}
    champion = [row for row in trained.evaluations if row.is_champion]
    assert {row.model_name for row in champion} == {kept}
    (auc,) = [
        row
        for row in champion
        if row.metric_name == "roc_auc" and row.baseline_name == "contract alone"
    ]
    assert auc.baseline_value < auc.metric_value < 0.95
    assert auc.ci_lower < auc.metric_value < auc.ci_upper
    assert "2 times 3 folds of the 600 subscribers" in auc.protocol
    assert trained.training_row_count == 600


def test_scores_are_of_subscriptions_and_do_not_depend_on_their_company(
    data: TrainingData, trained: Trained
) -> None:
    artefact = Artefact(
        task_name=TASK.name,
        source_name="t",
        model_name=trained.model_name,
        model_version="v",
        contract=CONTRACT,
        trained_as_of_date=DAY,
        estimator=trained.estimator,
        details=trained.details,
    )
    scores = TASK.predict(artefact, data.frame)
    keys = list(CONTRACT.keys)
    assert scores.columns.tolist() == [*keys, "horizon_days", "churn_probability"]
    assert scores["churn_probability"].between(0, 1, inclusive="neither").all()
    alone = TASK.predict(artefact, data.frame.iloc[[7]])
    assert alone["churn_probability"].iloc[0] == pytest.approx(
        scores["churn_probability"].iloc[7], abs=1e-9
    )


def test_a_feature_that_is_written_after_the_end_stops_training(data: TrainingData) -> None:
    told = data.frame.assign(
        has_partner=np.where(data.frame["is_churned"], np.nan, data.frame["has_partner"].fillna(1))
    )
    with pytest.raises(LeakSuspected, match=r"of t stopped.*has_partner has AUC"):
        TASK.train(replace(data, frame=told))


def test_a_model_above_the_ceiling_of_its_source_stops(data: TrainingData) -> None:
    with pytest.raises(LeakSuspected, match=r"is more than 0\.6; strongest alone: "):
        with_config(auc_ceilings={"t": 0.6}).train(data)


def test_dates_are_split_in_time() -> None:
    task, data = TASK, training_data(dated(DAYS), LAST)
    ((past, later),) = task.config.split.parts(data)
    assert (past["label_end_date"] <= pd.Timestamp(LAST)).all()
    assert set(later["as_of_date"]) == {pd.Timestamp(LAST)}
    held = task.hold_out([(past, later)], CONTRACT, Recipe("logistic_regression"))
    assert not [name for name in held.predictions if name.endswith(FIXED_SUFFIX)]
    assert "fitted to" in task.config.split.describe(data, "churn")


def test_a_snapshot_has_no_other_date_and_nothing_has_none() -> None:
    spine = snapshot()[["as_of_date", "label_end_date"]].head(1)
    rule = TASK.config.split
    assert rule.dates(spine, None, "subscription_churn", "t") == ([DAY], DAY)
    with pytest.raises(ClienteleError, match="no other date"):
        rule.dates(spine, LAST, "subscription_churn", "t")
    with pytest.raises(NotEnoughData, match="no past dates"):
        rule.backtest_dates(spine, "subscription_churn", "t")
    with pytest.raises(NotEnoughData, match="no subscription says when it started"):
        rule.dates(spine.head(0), None, "subscription_churn", "t")


def test_too_few_churned_are_told_by_the_rule(data: TrainingData) -> None:
    with pytest.raises(NotEnoughData, match="subscription_churn of t"):
        with_config(min_class_rows=400).train(data)


def test_rates_of_the_past_are_what_contract_alone_says() -> None:
    past = pd.DataFrame({"contract_name": ["a", "a", "b"], "is_churned": [True, False, False]})
    later = pd.DataFrame({"contract_name": ["a", "b", "new"]})
    np.testing.assert_allclose(rate_by("contract_name")(past, later), [0.5, 0.0, 1 / 3])


def test_the_blend_gives_way_only_to_what_is_better_by_more_than_noise() -> None:
    outcome = [np.array([True, False])]
    blend = {"blend": np.array([0.7, 0.3]), "lightgbm": np.array([0.7003, 0.2997])}
    losses = {name: TASK._mean_loss(name, [blend], outcome) for name in blend}
    assert losses["blend"] < losses["lightgbm"]
    level = with_config(blend_head_start=0.0)
    assert level._mean_loss("blend", [blend], outcome) > losses["lightgbm"]


def test_the_folds_are_part_of_the_fingerprint() -> None:
    other = with_config(split=SubscriptionSplits(choice_folds=2))
    assert other.parameters() != TASK.parameters()
