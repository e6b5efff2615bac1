from __future__ import annotations

import numpy as np
import pytest

from ml.clv.choice import Histories, Trial, choose, poisson_deviance
from ml.clv.spread import learn_spread
from tests.unit.ml.clv import simulate


def drawn(seed: int = 1, size: int = 1200) -> dict[str, np.ndarray]:
    age = np.random.default_rng(seed).integers(60, 400, size).astype(float)
    return simulate.beta_geometric((0.8, 25.0, 0.9, 3.0), True, age, 90.0, seed)


def test_a_shop_whose_customers_never_leave_gets_no_dropout_and_is_told_so() -> None:
    rng = np.random.default_rng(2)
    age = rng.integers(60, 400, 1000).astype(float)
    rate = rng.gamma(0.8, 1 / 40.0, age.size)
    x = rng.poisson(rate * age).astype(float)
    # Of n orders at even chance, the latest is the largest of n draws.
    last = np.where(x > 0, age * rng.random(age.size) ** (1 / np.maximum(x, 1)), 0.0)
    choice = choose(Histories(x, last, age), None)
    assert choice.model.name == "nbd"
    assert all(candidate.is_degenerate for candidate in choice.candidates)
    assert "no dropout can be seen" in choice.reason
    assert "bg_nbd" in choice.reason


def test_held_out_orders_decide_where_there_are_some() -> None:
    customers = drawn()
    histories = Histories(customers["x"], customers["t_x"], customers["T"])
    choice = choose(histories, Trial(histories, customers["later"], 90.0))
    assert not any(candidate.is_degenerate for candidate in choice.candidates)
    best = min(choice.candidates, key=lambda c: c.deviance or np.inf)
    assert choice.model.name == best.name
    assert "held-out orders" in choice.reason
    assert "highest log-likelihood" in choose(histories, None).reason


def test_poisson_deviance_is_lowest_for_the_mean() -> None:
    counted = np.array([0.0, 0, 0, 4])
    assert poisson_deviance(counted, counted + 0.0) == pytest.approx(0, abs=1e-6)
    at = [poisson_deviance(counted, np.full(4, mean)) for mean in (0.5, 1.0, 1.5)]
    assert at[1] < min(at[0], at[2])


def test_intervals_cover_four_fifths_of_customers_like_those_learned_from() -> None:
    rng = np.random.default_rng(3)
    orders = rng.uniform(1.0, 8.0, 20_000)
    value = 50 * rng.poisson(orders).astype(float)
    spread = learn_spread(value[:10_000], 50 * orders[:10_000], orders[:10_000])
    ends = spread.interval(50 * orders[10_000:], orders[10_000:])
    inside = (ends[:, 0] <= value[10_000:]) & (value[10_000:] <= ends[:, 1])
    assert inside.mean() == pytest.approx(0.85, abs=0.06)  # counts are lumpy: never below 0.8
    few, many = orders[10_000:] < 2, orders[10_000:] > 6
    assert (ends[few, 0] == 0).mean() > 0.5
    assert (ends[many, 0] > 0).all()


def test_the_upper_end_is_never_below_the_expected_value() -> None:
    outcome = np.where(np.arange(1000) % 20 == 0, 100.0, 0.0)
    spread = learn_spread(outcome, np.full(1000, 5.0), np.full(1000, 0.05))
    assert spread.interval(np.array([5.0]), np.array([0.05])).tolist() == [[0.0, 5.0]]
