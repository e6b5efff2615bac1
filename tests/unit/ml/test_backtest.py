from datetime import date

import numpy as np
import pytest

from ml import backtest
from ml.churn import Churn
from ml.splits import ForwardSplits
from ml.task import NotEnoughData
from tests.unit.ml.shop import training_data
from tests.unit.ml.test_churn import DATES, spine

FAST = Churn(
    Churn.defaults.model_copy(update={"estimators": ("logistic_regression",), "resamples": 100})
)
DAYS = [date.fromisoformat(day) for day in DATES]


def test_every_date_is_tested_on_what_was_known_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    original = Churn.hold_out

    def spied(self, parts, contract, recipe):
        seen.extend(parts)
        return original(self, parts, contract, recipe)

    monkeypatch.setattr(Churn, "hold_out", spied)
    found = backtest.run(FAST, training_data(DATES, DATES[-1]), DAYS[1:])
    assert found.dates == DAYS[1:]
    assert len(seen) == 4
    for (fit, held), day in zip(seen, DAYS[1:], strict=True):
        assert set(held["as_of_date"].dt.date) == {day}
        assert (fit["label_end_date"].dt.date <= day).all()


def test_the_mean_of_the_dates_is_stored_with_each_of_them() -> None:
    found = backtest.run(FAST, training_data(DATES, DATES[-1]), DAYS[2:])
    whole = {
        (row.model_name, row.metric_name): row
        for row in found.evaluations
        if row.evaluation_kind == "backtest" and row.baseline_name == "base rate"
    }
    each = [
        row.metric_value
        for row in found.evaluations
        if row.evaluation_kind == "backtest date"
        and (row.metric_name, row.baseline_name) == ("roc_auc", "base rate")
    ]
    assert len(each) == 3
    auc = whole[backtest.CHOSEN, "roc_auc"]
    assert auc.metric_value == pytest.approx(np.mean(each))
    assert auc.sample_count == 3 * 300
    assert auc.ci_lower < auc.metric_value < auc.ci_upper
    # Chosen was the only one there is.
    assert auc.metric_value == whole["logistic_regression", "roc_auc"].metric_value
    assert "3 dates" in auc.protocol


def test_dates_without_a_past_are_left_out() -> None:
    found = backtest.run(FAST, training_data(DATES, DATES[-1]), DAYS)
    assert found.dates == DAYS[1:]
    with pytest.raises(NotEnoughData, match="too few rows"):
        backtest.run(FAST, training_data(DATES, DATES[-1]), DAYS[:1])


def test_dates_that_can_be_tested_lie_after_a_closed_window() -> None:
    rows = [(day, 31 + 30 * number, True) for number, day in enumerate(DATES)]
    rows.append(("2024-06-01", 200, False))
    assert ForwardSplits().backtest_dates(spine(rows), "churn", "s") == DAYS[1:]
    with pytest.raises(NotEnoughData, match="no date to backtest"):
        ForwardSplits().backtest_dates(spine(rows[:1]), "churn", "s")
