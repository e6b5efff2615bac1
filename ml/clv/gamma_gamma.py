"""Gamma-Gamma of Fader and Hardie (2013, The Gamma-Gamma model of monetary value).

An order of a customer is worth Gamma(p, nu), nu ~ Gamma(q, v) across customers, independently of
how often they order. With mean value z over n orders,

    ln L = ln Gamma(p n + q) - ln Gamma(p n) - ln Gamma(q) + q ln v + (p n - 1) ln z + p n ln n
           - (p n + q) ln(v + n z)

and the expected value of an order is p (v + n z) / (p n + q - 1): the mean of the customer's own
and of the population p v / (q - 1), weighted by how much is known of the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from ml.clv.fitting import maximise
from ml.clv.order_model import Fit
from ml.clv.sufficient_statistics import Coded, Floats, as_arrays, coded


@dataclass(frozen=True)
class Spend:
    """Orders and their mean value per customer, both positive; shape (customers,)."""

    orders: Coded
    mean: Floats

    @classmethod
    def of(cls, orders: ArrayLike, mean: ArrayLike) -> Self:
        """Take customers with at least one order of positive mean value.

        Raises:
            ValueError: there is none.
        """
        count, value = as_arrays(orders, mean)
        kept = (count > 0) & (value > 0)
        if not kept.any():
            raise ValueError("no customer has spent anything")
        return cls(coded(count[kept]), value[kept])


class GammaGamma:
    """Parameters p, q, v; `v` is in the currency of the data."""

    name = "gamma_gamma"

    def __init__(self, p: float, q: float, v: float) -> None:
        self.p, self.q, self.v = p, q, v

    @property
    def parameters(self) -> dict[str, float]:
        """Parameters by name."""
        return {"p": self.p, "q": self.q, "v": self.v}

    @property
    def population_mean(self) -> float:
        """Mean value of an order over customers; infinite where q is 1 or less."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")

    @classmethod
    def fit(cls, data: Spend) -> Fit[Self]:
        """Fit by maximum likelihood."""
        unit = float(np.mean(data.mean))
        scaled = Spend(data.orders, data.mean / unit)
        found = maximise(
            lambda point: cls(*point).log_likelihood_gradient(scaled),
            np.array([2.0, 2.0, 1.0]),
            data.mean.size,
        )
        p, q, v = (float(value) for value in found.parameters)
        model = cls(p, q, v * unit)
        value, _ = model.log_likelihood_gradient(data)
        return Fit(model, value, data.mean.size, found.steps, found.at_border)

    def log_likelihood_gradient(self, data: Spend) -> tuple[float, Floats]:
        """Log-likelihood of all customers and its gradient by (p, q, v)."""
        p, q, v = self.p, self.q, self.v
        n = data.orders.values
        counts = data.orders.total(np.ones(data.mean.size))
        log_mean = np.log(data.mean)
        spent = v + data.orders.take(n) * data.mean
        log_spent = np.log(spent)
        by_count = data.orders.total(log_mean), data.orders.total(log_spent)
        power, size = p * n, float(data.mean.size)
        fixed = gammaln(power + q) - gammaln(power) - gammaln(q) + q * np.log(v) + power * np.log(n)
        value = counts @ fixed + (power - 1) @ by_count[0] - (power + q) @ by_count[1]
        shared = digamma(power + q)
        by_p = counts @ (n * (shared - digamma(power) + np.log(n))) + n @ (
            by_count[0] - by_count[1]
        )
        by_q = counts @ shared + size * (np.log(v) - digamma(q)) - by_count[1].sum()
        by_v = size * q / v - data.orders.take(power + q) @ (1 / spent)
        return float(value), np.array([by_p, by_q, by_v])

    def expected_value(self, orders: ArrayLike, mean: ArrayLike) -> Floats:
        """Expected value of the next order; the population's mean where `orders` is 0.

        A mean below zero (more refunded than bought) counts as zero. Infinite where the orders of
        a customer and the population leave no mean (p n + q <= 1).
        """
        n, value = as_arrays(orders, mean)
        left = self.p * n + self.q - 1
        spent = self.v + n * np.maximum(np.where(n > 0, value, 0.0), 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(
                np.where(left > 0, self.p * spent / np.where(left > 0, left, 1), np.inf)
            )
