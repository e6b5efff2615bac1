"""Lifetime value on a tiny shop drawn from a model with dropout."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.artefact import Artefact
from ml.estimators.customer_value import CustomerValue
from ml.feature_contract import Feature, FeatureContract
from ml.metrics import tweedie_deviance
from ml.task import NotEnoughData, TrainingData
from ml.value import LifetimeValue, next_order_dates
from tests.unit.ml.clv import simulate

NUMERIC = [
    "clv_repeat_order_count",
    "clv_recency_days",
    "days_since_first_order",
    "order_count",
    "order_day_count",
    "net_revenue_amount",
    "net_revenue_last_90_days_amount",
]
CONTRACT = FeatureContract(
    relation="features.ftr_customers",
    keys=("as_of_date", "customer_id", "source_name"),
    features=(
        *(Feature(name=name, kind="numeric") for name in NUMERIC),
        Feature(name="country", kind="categorical"),
    ),
)
DATES = ("2024-01-01", "2024-02-01", "2024-06-01")


def rows(day: str, seed: int, size: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.integers(30, 400, size).astype(float)
    drawn = simulate.beta_geometric((0.9, 40.0, 0.7, 3.0), True, age, 90.0, seed)
    scale = rng.lognormal(3, 0.5, size)
    days = drawn["x"] + 1
    revenue = scale * days
    return pd.DataFrame(
        {
            "as_of_date": pd.Timestamp(day),
            "customer_id": [f"s:{number}" for number in range(size)],
            "source_name": "s",
            "clv_repeat_order_count": drawn["x"],
            "clv_recency_days": drawn["t_x"],
            "days_since_first_order": age,
            "order_count": days,
            "order_day_count": days,
            "net_revenue_amount": revenue,
            "net_revenue_last_90_days_amount": revenue / 3,
            "country": "GB",
            "label_end_date": pd.Timestamp(day) + pd.Timedelta(days=90),
            "future_net_revenue_amount": scale * drawn["later"],
        }
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    # Each date draws customers anew; of the trial's later orders only the difference counts.
    parts = [rows(day, seed) for seed, day in enumerate(DATES)]
    parts[1]["order_day_count"] += parts[0]["order_day_count"]
    parts[2]["order_day_count"] += parts[1]["order_day_count"]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame) -> CustomerValue:
    fitted = CustomerValue(NUMERIC, ["country"], 0.5)
    return fitted.fit(frame, frame["future_net_revenue_amount"])


def test_the_curve_passes_through_the_value_model_at_its_horizon(model, frame) -> None:
    newest = frame[frame["as_of_date"] == "2024-06-01"]
    curve = model.curve(newest, [30, 90, 365])
    assert curve.value[:, 1] == pytest.approx(model.predict(newest), rel=1e-12)
    assert (curve.upper[:, 1] >= model.predict_interval(newest)[:, 1] - 1e-9).all()
    for cumulative in (curve.value, curve.orders, curve.lower, curve.upper):
        assert (np.diff(cumulative, axis=1) >= 0).all()
    assert (curve.lower <= curve.value).all()
    assert (curve.value <= curve.upper).all()


def test_a_customer_is_scored_alike_alone_and_among_others(model, frame) -> None:
    newest = frame[frame["as_of_date"] == "2024-06-01"]
    batch = model.predict(newest)
    for row in (0, 17, 499):
        assert model.predict(newest.iloc[[row]])[0] == pytest.approx(batch[row], rel=1e-12)


def test_no_correction_is_orders_times_spend(frame) -> None:
    plain = CustomerValue(NUMERIC, ["country"], 0.0)
    plain.fit(frame, frame["future_net_revenue_amount"])
    newest = frame[frame["as_of_date"] == "2024-06-01"]
    product = plain.models_.expected_orders(newest, 90) * plain.models_.order_value(newest)
    assert plain.predict(newest) == pytest.approx(product, rel=1e-9)


def test_every_customer_gets_twelve_months(model, frame) -> None:
    newest = frame[frame["as_of_date"] == "2024-06-01"].reset_index(drop=True)
    artefact = Artefact("clv", "s", "m", "v", CONTRACT, date(2024, 6, 1), model, {})
    scores = LifetimeValue().predict(artefact, newest)
    assert len(scores) == 12 * len(newest)
    one = scores[scores["customer_id"] == "s:3"]
    assert one["horizon_months"].tolist() == list(range(1, 13))
    assert one["alive_probability"].nunique() == 1
    assert not scores.drop(columns="expected_next_order_date").isna().any().any()
    assert scores["alive_probability"].between(0, 1).all()


def test_next_order_dates_end_with_the_curve() -> None:
    day = pd.Timestamp("2024-01-30")
    dates = next_order_dates(day, np.array([0.2, 2.0, 365.0, 366.0, np.inf]), 365)
    assert dates.tolist() == [date(2024, 1, 31), date(2024, 2, 1), date(2025, 1, 29), None, None]


def test_the_deviance_is_lowest_for_the_mean() -> None:
    outcome = np.array([0.0, 0, 0, 400])
    at = [tweedie_deviance(outcome, np.full(4, mean)) for mean in (50.0, 100.0, 200.0)]
    assert at[1] < min(at[0], at[2])
    assert tweedie_deviance(outcome[3:], outcome[3:]) == pytest.approx(0, abs=1e-9)


def test_a_shop_where_nobody_comes_back_is_told_the_rule(frame) -> None:
    alone = frame.assign(clv_repeat_order_count=0.0)
    data = TrainingData("s", CONTRACT, alone, date(2024, 6, 1), {"horizon_days": 90})
    with pytest.raises(NotEnoughData, match="0 customers who had ordered on a second day"):
        LifetimeValue().train(replace(data))
