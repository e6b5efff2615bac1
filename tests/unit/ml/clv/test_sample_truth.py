"""P(alive) and expected orders on the sample shop, beside what its truth says of the same export.

The shop is no Pareto/NBD: rates depend on channel, country and a hidden class, and everybody buys
more in December. What the probability models cannot know of that is the distance to the truth.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from ingest.sample import SampleConfig, SampleShop, generate, true_life
from ml.clv.choice import Histories, choose
from ml.metrics import roc_auc

DAY, HORIZON = date(2025, 4, 2), 90


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    return generate(SampleConfig(customers=4000, dirty_per_kind=0))


@pytest.fixture(scope="module")
def beside(shop: SampleShop) -> pd.DataFrame:
    """One row per customer: what is, what a perfect model says, what came, what ours says."""
    orders = shop.truth.history
    orders = orders[orders["is_completed"]]
    orders = orders.assign(day=orders["ordered_at"].dt.normalize())
    start, stop = pd.Timestamp(DAY), pd.Timestamp(DAY + timedelta(days=HORIZON))
    days = orders[orders["day"] < start].drop_duplicates(["customer_id", "day"])
    by_customer = days.groupby("customer_id")["day"]
    first, last = by_customer.min(), by_customer.max()
    frame = pd.DataFrame(
        {
            "x": by_customer.size() - 1.0,
            "t_x": (last - first).dt.days.astype(float),
            "T": (start - first).dt.days.astype(float),
        }
    )
    came = orders[(orders["day"] >= start) & (orders["day"] < stop)]
    frame["came"] = came.groupby("customer_id").size().reindex(frame.index).fillna(0)
    history = frame["x"].to_numpy(), frame["t_x"].to_numpy(), frame["T"].to_numpy()
    model = choose(Histories(*history), None).model
    frame["alive"] = model.alive_probability(*history)
    frame["orders"] = model.expected_orders(*history, HORIZON)
    truth = true_life(shop.truth, DAY, HORIZON).set_index("customer_id")
    return frame.join(truth, how="inner", validate="one_to_one")


def test_the_truth_is_what_comes(beside: pd.DataFrame) -> None:
    assert beside["alive_given_history"].mean() == pytest.approx(
        beside["is_alive"].mean(), abs=0.015
    )
    assert beside["orders_given_history"].sum() == pytest.approx(beside["came"].sum(), rel=0.05)
    fifth = pd.qcut(beside["alive_given_history"].rank(method="first"), 5, labels=False)
    gaps = (beside["alive_given_history"] - beside["is_alive"]).groupby(fifth).mean()
    assert gaps.abs().max() < 0.04


def test_p_alive_is_near_the_truth(beside: pd.DataFrame, record_property) -> None:
    outcome = beside["is_alive"].to_numpy(dtype=bool)
    ours, true = (
        roc_auc(outcome, beside[name].to_numpy(np.float64))
        for name in ("alive", "alive_given_history")
    )
    gap = (beside["alive"] - beside["alive_given_history"]).abs().mean()
    said = (
        f"P(alive): AUC {ours:.4f}, of the truth {true:.4f}; mean {beside['alive'].mean():.4f}, "
        f"truth {beside['alive_given_history'].mean():.4f}, alive {outcome.mean():.4f}; mean "
        f"distance to the truth {gap:.4f}"
    )
    record_property("measured", said)
    print(said)
    assert true - 0.03 <= ours <= true + 0.01
    assert beside["alive"].corr(beside["alive_given_history"]) > 0.9
    assert gap < 0.12


def test_expected_orders_are_near_the_truth(beside: pd.DataFrame, record_property) -> None:
    fifth = pd.qcut(beside["orders_given_history"].rank(method="first"), 5, labels=False)
    table = beside.groupby(fifth)[["alive_given_history", "alive", "is_alive"]].mean()
    table[["true_orders", "orders", "came"]] = beside.groupby(fifth)[
        ["orders_given_history", "orders", "came"]
    ].mean()
    record_property("measured", table.round(3).to_string())
    print(table.round(3).to_string())
    assert beside["orders"].corr(beside["orders_given_history"]) > 0.95
    assert beside["orders"].sum() == pytest.approx(beside["orders_given_history"].sum(), rel=0.15)
