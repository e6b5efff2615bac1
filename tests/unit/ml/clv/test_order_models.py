from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.stats import beta as beta_distribution

from ml.clv.bg_nbd import BgNbd
from ml.clv.mbg_nbd import MbgNbd
from ml.clv.nbd import Nbd
from ml.clv.order_model import OrderModel
from ml.clv.pareto_nbd import ParetoNbd
from ml.clv.sufficient_statistics import RepeatOrders, collapse
from tests.unit.ml.clv import simulate

MODELS = [
    BgNbd(0.6, 30.0, 0.8, 2.5),
    MbgNbd(0.6, 30.0, 0.8, 2.5),
    ParetoNbd(0.6, 30.0, 0.7, 40.0),
    ParetoNbd(0.6, 40.0, 0.7, 30.0),
    Nbd(0.6, 30.0),
]


def some_histories() -> RepeatOrders:
    """Ordinary customers, and the ones that break naive formulas."""
    x = [0, 0, 1, 2, 5, 3, 400, 1000, 7, 1]
    last = [0, 0, 30, 90, 360, 1, 700, 729, 100, 365]
    age = [1, 365, 365, 100, 365, 700, 730, 730, 101, 365]
    return collapse(x, last, age, [3, 2, 1, 1, 4, 1, 1, 1, 1, 2])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_gradient_equals_finite_differences(model: OrderModel) -> None:
    data = some_histories()
    point = np.array(list(model.parameters.values()))
    _, gradient = model.log_likelihood_gradient(data)
    for index in range(point.size):
        step = np.zeros(point.size)
        step[index] = point[index] * 1e-5
        above, below = (
            type(model)(*(point + sign * step)).log_likelihood(data) for sign in (1, -1)
        )
        numeric = (above - below) / (2 * step[index])
        assert gradient[index] == pytest.approx(numeric, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_equal_customers_counted_once_have_the_same_likelihood(model: OrderModel) -> None:
    data = some_histories()
    rows = np.repeat(np.arange(data.weight.size), data.weight.astype(int))
    single = RepeatOrders(data.repeats[rows], data.last[rows], data.age[rows], np.ones(rows.size))
    assert model.log_likelihood(data) == pytest.approx(model.log_likelihood(single), rel=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_unit_of_time_changes_the_likelihood_by_its_density_only(model: OrderModel) -> None:
    data = some_histories()
    factors = np.power(7.0, model.time_powers)
    weekly = type(model)(*(np.array(list(model.parameters.values())) / factors))
    shift = float(data.weight @ data.repeats) * np.log(7.0)
    in_weeks = weekly.log_likelihood(data.scaled(7.0))
    assert in_weeks == pytest.approx(model.log_likelihood(data) + shift, rel=1e-12)


def orders_by_integration(model: BgNbd, x: float, age: float, horizon: float) -> float:
    """E of (1 - ((alpha + T) / (alpha + T + p t))^(r + x)) / p over the posterior of p."""
    a, b = model.a, model.b + x + model.drops_after_first

    def density(p: float) -> float:
        kept = 1 + p * horizon / (model.alpha + age)
        return p ** (a - 2) * (1 - p) ** (b - 1) * (1 - kept ** -(model.r + x))

    return float(quad(density, 0, 1, limit=400)[0] / beta_function(a, b))


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd])
@pytest.mark.parametrize("a", [0.4, 1.0, 1.0000001, 3.0])
@pytest.mark.parametrize(("x", "age", "horizon"), [(0, 2, 365), (1, 300, 90), (40, 700, 365)])
def test_expected_orders_equal_the_integral_over_dropout(kind, a, x, age, horizon) -> None:
    model = kind(0.6, 30.0, a, 2.5)
    found = model.orders_if_alive(x, age, horizon)
    assert float(found) == pytest.approx(orders_by_integration(model, x, age, horizon), rel=1e-6)


@pytest.mark.parametrize("s", [0.5, 1.0, 1.0000001, 4.0])
def test_expected_pareto_orders_equal_the_integral_over_time(s: float) -> None:
    model = ParetoNbd(0.6, 30.0, s, 40.0)
    rate = (0.6 + 3) / (30 + 200)
    lived, _ = quad(lambda u: ((40 + 200) / (40 + 200 + u)) ** s, 0, 180)
    assert float(model.orders_if_alive(3, 200, 180)) == pytest.approx(rate * lived, rel=1e-9)


@pytest.mark.parametrize(("x", "last", "age"), [(0, 0, 300), (3, 50, 300), (200, 350, 360)])
def test_pareto_dropout_equals_plain_integration(x, last, age) -> None:
    model = ParetoNbd(0.6, 30.0, 0.7, 40.0)

    def density(v: float) -> float:
        slower = ((30 + v) / (30 + last)) ** -(0.6 + x)
        return 0.7 * slower * ((40 + v) / (40 + last)) ** -1.7

    points = [last + (age - last) * share for share in (0.001, 0.01, 0.1)]
    gone = quad(density, last, age, points=points, limit=400, epsabs=1e-14)[0] / (40 + last)
    alive = ((30 + age) / (30 + last)) ** -(0.6 + x) * ((40 + age) / (40 + last)) ** -0.7
    expected = alive / (alive + gone)
    assert float(model.alive_probability(x, last, age)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("model", MODELS[:4], ids=lambda model: model.name)
def test_alive_probability_falls_with_silence_and_starts_high(model: OrderModel) -> None:
    silence = np.array([0.0, 10, 50, 200, 1000, 100_000])
    alive = model.alive_probability(5, 100, 100 + silence)
    assert (np.diff(alive) < 0).all()
    assert alive[0] > 0.7
    assert alive[-1] < 1e-6


def test_alive_probability_at_its_limits() -> None:
    # BG/NBD cannot lose a customer before the first repeat order, the others can.
    assert float(BgNbd(0.6, 30, 0.8, 2.5).alive_probability(0, 0, 5000)) == 1
    assert float(MbgNbd(0.6, 30, 0.8, 2.5).alive_probability(0, 0, 0)) == pytest.approx(
        1 - 0.8 / 3.3
    )
    assert float(ParetoNbd(0.6, 30, 0.7, 40).alive_probability(4, 90, 90)) == 1
    assert float(Nbd(0.6, 30).alive_probability(4, 90, 9000)) == 1


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_huge_counts_stay_finite(model: OrderModel) -> None:
    values = [
        model.alive_probability(5000, 3640, 3650),
        model.expected_orders(5000, 3640, 3650, 365),
        model.expected_orders(0, 0, 0.5, 3650),
    ]
    assert all(np.isfinite(value).all() and (value >= 0).all() for value in values)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_half_of_the_living_have_ordered_by_the_median_gap(model: OrderModel) -> None:
    r, alpha = model.parameters["r"], model.parameters["alpha"]
    rng = np.random.default_rng(3)
    rate = rng.gamma(r + 4, 1 / (alpha + 200), 200_000)
    waited = rng.exponential(size=rate.size) / rate
    assert (waited <= float(model.median_gap(4, 200))).mean() == pytest.approx(0.5, abs=0.005)


TRUE_BETA = (0.8, 25.0, 0.9, 3.0)
TRUE_PARETO = (0.8, 25.0, 0.8, 60.0)


def drawn(kind: type[OrderModel], size: int, seed: int) -> dict[str, np.ndarray]:
    age = np.random.default_rng(seed).integers(30, 400, size).astype(float)
    if kind is ParetoNbd:
        return simulate.pareto(TRUE_PARETO, age, 180.0, seed)
    return simulate.beta_geometric(TRUE_BETA, kind is MbgNbd, age, 180.0, seed)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_true_parameters_life_and_orders_are_recovered(kind: type[OrderModel]) -> None:
    customers = drawn(kind, 30_000, 5)
    history = customers["x"], customers["t_x"], customers["T"]
    fit = kind.fit(collapse(*history))
    true = TRUE_PARETO if kind is ParetoNbd else TRUE_BETA
    assert not fit.at_border
    assert list(fit.model.parameters.values()) == pytest.approx(true, rel=0.25)
    alive = fit.model.alive_probability(*history)
    assert alive.mean() == pytest.approx(customers["alive"].mean(), abs=0.01)
    for lower, upper in ((0.0, 0.3), (0.3, 0.7), (0.7, 0.999)):
        part = (alive > lower) & (alive <= upper)
        assert alive[part].mean() == pytest.approx(customers["alive"][part].mean(), abs=0.05)
    expected = fit.model.expected_orders(*history, 180.0)
    assert expected.mean() == pytest.approx(customers["later"].mean(), rel=0.06)


def test_rows_that_no_customer_can_have_are_refused() -> None:
    for x, last, age, rule in (
        ([1.5], [2], [3], "whole"),
        ([1], [4], [3], "between"),
        ([1], [0], [3], "exactly"),
        ([0], [1], [3], "exactly"),
        ([np.nan], [1], [3], "finite"),
        ([], [], [], "no customer"),
    ):
        with pytest.raises(ValueError, match=rule):
            collapse(x, last, age)


@pytest.mark.parametrize("horizon", [1, 90, 365])
@pytest.mark.parametrize(("a", "b"), [(300, 2), (500, 5e3), (5e3, 50), (5e3, 5e6), (1e8, 5e8)])
@pytest.mark.parametrize("kind", [BgNbd, MbgNbd])
def test_a_shop_whose_customers_all_drop_out_alike_gets_numbers(
    kind: type[BgNbd] | type[MbgNbd], a: float, b: float, horizon: float
) -> None:
    """The hypergeometric series overflows there; the mean over p is worked out by itself."""
    repeats, age = np.array([0, 1, 20, 300]), 200.0
    model = kind(0.7, 60.0, a, b)
    with np.errstate(all="raise", under="ignore"):
        found = model.orders_if_alive(repeats, age, horizon)
    for x, orders in zip(repeats, found, strict=True):
        dropout = beta_distribution(a, b + x + kind.drops_after_first)
        mean, spread = dropout.mean(), dropout.std()

        def given(p: float, x: int = x, dropout: Any = dropout) -> float:
            gone = (1 + p * horizon / (model.alpha + age)) ** -(model.r + x)
            return float(dropout.pdf(p) * (1 - gone) / p)

        ends = max(0, mean - 14 * spread), min(1, mean + 14 * spread)
        expected, _ = quad(given, *ends, epsabs=0, epsrel=1e-10, limit=500)
        assert orders == pytest.approx(expected, rel=1e-5)
