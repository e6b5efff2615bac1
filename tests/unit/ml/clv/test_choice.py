from __future__ import annotations

import numpy as np
import pytest

from ml.clv import choice as choice_module
from ml.clv.choice import Choice, Histories, Trial, choose, is_worse, poisson_deviances
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


def held_out(monkeypatch: pytest.MonkeyPatch, losses: dict[str, np.ndarray | None]) -> Choice:
    """The choice on a sound shop, had the held-out orders come out like this."""
    monkeypatch.setattr(choice_module, "_losses", lambda kind, _: losses[kind.name])
    customers = drawn()
    histories = Histories(customers["x"], customers["t_x"], customers["T"])
    found = choose(histories, Trial(histories, customers["later"], 90.0))
    assert not any(candidate.is_degenerate for candidate in found.candidates)
    return found


NOISE = np.random.default_rng(4).normal(size=1000)
NOISE -= NOISE.mean()
EVEN = np.zeros(1000)


@pytest.mark.parametrize(
    ("pareto", "mbg", "bg", "kept", "said"),
    [
        # Worse than the lowest by less than noise: it assumes least, so it is kept.
        (
            0.016 + EVEN,
            1 + NOISE,
            NOISE - NOISE.mean(),
            "pareto_nbd",
            "no worse than bg_nbd beyond noise",
        ),
        (1 + EVEN, 0.016 + EVEN, NOISE, "mbg_nbd", "no worse than bg_nbd beyond noise"),
        (1 + EVEN, 1 + EVEN, EVEN, "bg_nbd", "bg_nbd: lowest"),
        (EVEN, 1 + EVEN, 1 + EVEN, "pareto_nbd", "pareto_nbd: lowest"),
        # Without a word of its own from the trial, a model is not in it.
        (None, 1 + EVEN, EVEN, "bg_nbd", "pareto_nbd not judged"),
    ],
)
def test_held_out_orders_decide_unless_it_is_noise(
    monkeypatch, pareto, mbg, bg, kept, said
) -> None:
    found = held_out(monkeypatch, {"pareto_nbd": pareto, "mbg_nbd": mbg, "bg_nbd": bg})
    assert found.model.name == kept
    assert said in found.reason


def test_without_a_trial_the_likelihood_decides() -> None:
    customers = drawn()
    histories = Histories(customers["x"], customers["t_x"], customers["T"])
    found = choose(histories, None)
    assert found.model.name == max(found.candidates, key=lambda c: c.log_likelihood).name
    assert "highest log-likelihood" in found.reason


def test_a_trial_whose_fits_ran_away_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = held_out(monkeypatch, {"pareto_nbd": None, "mbg_nbd": None, "bg_nbd": None})
    assert {c.deviance for c in found.candidates} == {None}
    assert "highest log-likelihood" in found.reason


def test_losses_differ_beyond_noise_or_not() -> None:
    assert is_worse(NOISE + 1, NOISE)
    assert not is_worse(NOISE, NOISE)
    assert not is_worse(NOISE[::-1] + 0.05, NOISE)
    assert not is_worse(NOISE, NOISE + 1)


def test_poisson_deviance_is_lowest_for_the_mean() -> None:
    counted = np.array([0.0, 0, 0, 4])
    assert poisson_deviances(counted, counted + 0.0) == pytest.approx(0, abs=1e-6)
    at = [poisson_deviances(counted, np.full(4, mean)).mean() for mean in (0.5, 1.0, 1.5)]
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
