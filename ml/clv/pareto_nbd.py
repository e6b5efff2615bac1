"""Pareto/NBD of Schmittlein, Morrison and Colombo (1987): dropout at any time.

lambda ~ Gamma(r, alpha), mu ~ Gamma(s, beta), dropout at rate mu whatever is bought. With both
rates integrated out (Fader and Hardie 2005, A note on deriving the Pareto/NBD model),

    L = Gamma(r + x) alpha^r beta^s / Gamma(r) (alive + gone)
    alive = (alpha + T)^-(r + x) (beta + T)^-s
    gone  = s integral of (alpha + v)^-(r + x) (beta + v)^-(s + 1) over t_x < v < T

The published form of `gone` is a difference of two hypergeometric functions, which loses all
digits where t_x is near T and overflows for customers with hundreds of orders. Here the positive
integral is taken by Gauss-Legendre in ln(m + v), m = min(alpha, beta): its integrand there is
analytic within pi of the real axis and falls off exponentially, and is cut off where it has fallen
below e^-40 of its beginning. P(alive) = alive / (alive + gone).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, exprel, gammaln

from ml.clv.order_model import OrderModel
from ml.clv.sufficient_statistics import Floats, RepeatOrders, as_arrays

NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
NEGLIGIBLE = 40.0


class ParetoNbd(OrderModel):
    """Parameters r, alpha, s, beta; `alpha` and `beta` are in the time unit of the data."""

    name = "pareto_nbd"
    parameter_names = ("r", "alpha", "s", "beta")
    time_powers = (0, 1, 0, 1)
    start = (1.0, 1.0, 1.0, 1.0)

    def __init__(self, r: float, alpha: float, s: float, beta: float) -> None:
        self.r, self.alpha, self.s, self.beta = r, alpha, s, beta

    def log_likelihood_gradient(self, data: RepeatOrders) -> tuple[float, Floats]:
        """Log-likelihood of all customers and its gradient by (r, alpha, s, beta)."""
        x, t_x, age = data.repeats, data.last, data.age
        log_gone, slopes = self._log_gone_and_slopes(x, t_x, age)
        log_alive = self._log_alive(x, age)
        gone = expit(log_gone - log_alive)
        value = data.weight @ (np.logaddexp(log_alive, log_gone) + self._log_front(x))
        rows = [
            (1 - gone) * of_alive + gone * of_gone
            for of_alive, of_gone in zip(self._alive_slopes(x, age), slopes, strict=True)
        ]
        front = data.customers * np.array([0, self.r / self.alpha, 0, self.s / self.beta])
        front[0] = data.weight @ (digamma(self.r + x) - digamma(self.r) + np.log(self.alpha))
        front[2] = data.customers * np.log(self.beta)
        return float(value), front + np.array([data.weight @ row for row in rows])

    def _log_front(self, x: Floats) -> Floats:
        r, s = self.r, self.s
        return np.asarray(
            gammaln(r + x) - gammaln(r) + r * np.log(self.alpha) + s * np.log(self.beta)
        )

    def _log_alive(self, x: Floats, age: Floats) -> Floats:
        return np.asarray(
            -(self.r + x) * np.log(self.alpha + age) - self.s * np.log(self.beta + age)
        )

    def _alive_slopes(self, x: Floats, age: Floats) -> list[Floats]:
        return [
            -np.log(self.alpha + age),
            -(self.r + x) / (self.alpha + age),
            -np.log(self.beta + age),
            -self.s / (self.beta + age),
        ]

    def _integrand(
        self, x: Floats, t_x: Floats, age: Floats
    ) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Yield alpha + v, beta + v and the mass at each node, relative to the value at t_x."""
        near, far = self.alpha + t_x, self.beta + t_x
        base = np.minimum(near, far)
        falls = (self.r + x) * base / near + (self.s + 1) * base / far - 1
        reach = np.log1p((age - t_x) / base)
        with np.errstate(divide="ignore"):
            reach = np.where(falls > 0, np.minimum(reach, NEGLIGIBLE / falls), reach)
        for node, weight in zip((NODES + 1) / 2, WEIGHTS / 2, strict=True):
            passed = base * np.expm1(reach * node)
            log_mass = -(self.r + x) * np.log1p(passed / near)
            log_mass -= (self.s + 1) * np.log1p(passed / far)
            yield near + passed, far + passed, weight * reach * (base + passed) * np.exp(log_mass)

    def _log_gone_and_slopes(
        self, x: Floats, t_x: Floats, age: Floats
    ) -> tuple[Floats, list[Floats]]:
        """Log of `gone` (-inf where t_x is T) and its slopes by the parameters, per row."""
        sums = np.zeros((5, *x.shape))
        for near, far, mass in self._integrand(x, t_x, age):
            parts: tuple[Any, ...] = (1.0, np.log(near), 1 / near, np.log(far), 1 / far)
            for index, part in enumerate(parts):
                sums[index] += mass * part
        mass = sums[0]
        mean = sums[1:] / np.where(mass > 0, mass, 1.0)
        with np.errstate(divide="ignore"):
            log_gone = np.log(self.s) + np.log(mass) + self._log_start(x, t_x)
        s = self.s
        return log_gone, [-mean[0], -(self.r + x) * mean[1], 1 / s - mean[2], -(s + 1) * mean[3]]

    def _log_start(self, x: Floats, t_x: Floats) -> Floats:
        return np.asarray(
            -(self.r + x) * np.log(self.alpha + t_x) - (self.s + 1) * np.log(self.beta + t_x)
        )

    def alive_probability(self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive) at the end of observation, from the history alone."""
        x, t_x, total = as_arrays(repeats, last, age)
        mass = np.zeros(x.shape)
        for _, _, part in self._integrand(x, t_x, total):
            mass += part
        with np.errstate(divide="ignore"):
            log_gone = np.log(self.s) + np.log(mass) + self._log_start(x, t_x)
        return np.asarray(expit(self._log_alive(x, total) - log_gone))

    def orders_if_alive(self, repeats: ArrayLike, age: ArrayLike, horizon: ArrayLike) -> Floats:
        """Expected orders in the `horizon` after T of a customer who is alive at T.

        (r + x) (beta + T) / ((alpha + T) (s - 1)) (1 - ((beta + T) / (beta + T + t))^(s - 1)),
        equation 41 of the note above, written so that s = 1 is no exception.
        """
        x, total, ahead = as_arrays(repeats, age, horizon)
        rate = (self.r + x) / (self.alpha + total)
        log_ratio = np.log1p(ahead / (self.beta + total))
        lived = (self.beta + total) * log_ratio * exprel(-(self.s - 1) * log_ratio)
        return np.asarray(rate * lived)
