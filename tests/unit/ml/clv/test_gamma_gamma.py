from __future__ import annotations

import numpy as np
import pytest

from ml.clv.gamma_gamma import GammaGamma, Spend


def drawn(size: int, seed: int) -> Spend:
    """Customers of a Gamma-Gamma with p 4, q 5 and v 80."""
    rng = np.random.default_rng(seed)
    orders = rng.integers(1, 12, size).astype(float)
    scale = 1 / rng.gamma(5.0, 1 / 80.0, size)
    return Spend.of(orders, rng.gamma(4.0 * orders) * scale / orders)


def test_gradient_equals_finite_differences() -> None:
    data, point = drawn(500, 1), np.array([3.0, 4.0, 60.0])
    _, gradient = GammaGamma(*point).log_likelihood_gradient(data)
    for index in range(3):
        step = np.zeros(3)
        step[index] = point[index] * 1e-5
        above, below = (
            GammaGamma(*(point + sign * step)).log_likelihood_gradient(data)[0] for sign in (1, -1)
        )
        assert gradient[index] == pytest.approx((above - below) / (2 * step[index]), rel=1e-5)


def test_true_parameters_are_recovered() -> None:
    fit = GammaGamma.fit(drawn(40_000, 2))
    assert list(fit.model.parameters.values()) == pytest.approx([4.0, 5.0, 80.0], rel=0.08)
    assert fit.model.population_mean == pytest.approx(80.0, rel=0.02)


def test_expected_value_lies_between_own_mean_and_population() -> None:
    model = GammaGamma(4.0, 5.0, 80.0)
    assert float(model.expected_value(0, 0)) == pytest.approx(model.population_mean)
    assert float(model.expected_value(1, 200)) == pytest.approx(4 * (80 + 200) / (4 + 4))
    assert float(model.expected_value(100_000, 200)) == pytest.approx(200, rel=1e-3)
    assert float(model.expected_value(3, -50)) == float(model.expected_value(3, 0)) > 0


def test_a_population_without_a_mean_says_so() -> None:
    model = GammaGamma(0.5, 0.4, 80.0)
    assert model.population_mean == float("inf")
    assert float(model.expected_value(1, 10)) == float("inf")
    assert np.isfinite(model.expected_value(2, 10))


def test_customers_who_spent_nothing_are_left_out() -> None:
    assert Spend.of([1, 2, 0], [5.0, 0.0, 9.0]).mean.tolist() == [5.0]
    with pytest.raises(ValueError, match="spent"):
        Spend.of([1, 2], [0.0, -1.0])
