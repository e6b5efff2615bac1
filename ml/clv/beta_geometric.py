"""What BG/NBD and MBG/NBD share: dropout with a beta-distributed probability at each order.

While alive, a customer orders at rate lambda ~ Gamma(r, alpha) and drops out with probability
p ~ Beta(a, b) right after an order: after each repeat order (BG/NBD: Fader, Hardie and Lee 2005,
"Counting your customers" the easy way, Marketing Science 24(2)) or after the first one too
(MBG/NBD: Batislam, Denizel and Filiztekin 2007, Empirical validation and comparison of models for
customer base analysis, IJRM 24(3)). With d = 0 for the former and 1 for the latter, both are

    L = Gamma(r + x) alpha^r / Gamma(r) (alpha + T)^-(r + x) B(a, b + x + d) / B(a, b) (1 + odds)
    odds = a / (b + x + d - 1) ((alpha + T) / (alpha + t_x))^(r + x)     (0 where x + d = 0)

and odds is that of being gone: P(alive) = 1 / (1 + odds). Given that the customer is alive,
lambda ~ Gamma(r + x, alpha + T) and p ~ Beta(a, b + x + d), and orders come at the mean rate

    E(lambda exp(-lambda p s)) = (r + x) / (alpha + T)
        2F1(r + x + 1, a; a + b + x + d; -s / (alpha + T))

after time s. Expected orders are its integral. The published closed form of that integral divides
by a - 1 and takes the difference of two numbers that can be as large as they please; the integral
of the positive rate does neither.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, digamma, expit, gammaln, hyp2f1

from ml.clv.order_model import OrderModel
from ml.clv.sufficient_statistics import Floats, RepeatOrders, as_arrays

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


class BetaGeometric(OrderModel):
    """Parameters r, alpha, a, b; `alpha` is in the time unit of the data."""

    drops_after_first: ClassVar[int]
    """d: 1 where a customer may be gone after the first order already."""

    parameter_names = ("r", "alpha", "a", "b")
    time_powers = (0, 1, 0, 0)
    start = (1.0, 1.0, 0.5, 2.0)

    def __init__(self, r: float, alpha: float, a: float, b: float) -> None:
        self.r, self.alpha, self.a, self.b = r, alpha, a, b

    def log_likelihood_gradient(self, data: RepeatOrders) -> tuple[float, Floats]:
        """Log-likelihood of all customers and its gradient by (r, alpha, a, b)."""
        x, counts = data.coded_repeats.values, data.coded_repeats.total(data.weight)
        odds, log_ratio = self._log_odds_of_data(data)
        gone = expit(odds) * data.weight
        value, gradient = self._without_dropout(data)
        value += float(counts @ self._beta_term(x)) + float(np.logaddexp(0, odds) @ data.weight)
        power = self.r + data.repeats
        far, near = (
            1 / (self.alpha + data.coded_age.values),
            1 / (self.alpha + data.coded_last.values),
        )
        slope = data.coded_age.take(far) - data.coded_last.take(near)
        gone_by_repeats = data.coded_repeats.total(gone)
        by_a, by_b = self._beta_slopes(x, counts, gone_by_repeats)
        gradient += np.array([gone @ log_ratio, gone @ (power * slope), by_a, by_b])
        return value, gradient

    def _without_dropout(self, data: RepeatOrders) -> tuple[float, Floats]:
        """The gamma-Poisson part of the likelihood and its gradient by all four parameters."""
        value, by_rate = gamma_poisson(self.r, self.alpha, data)
        return value, np.array([*by_rate, 0.0, 0.0])

    def _beta_term(self, x: Floats) -> Floats:
        a, b, n = self.a, self.b, x + self.drops_after_first
        return np.asarray(gammaln(a + b) - gammaln(b) + gammaln(b + n) - gammaln(a + b + n))

    def _beta_slopes(self, x: Floats, counts: Floats, gone: Floats) -> tuple[float, float]:
        """Slopes by a and b of everything that holds them, from sums per distinct x."""
        a, b, n = self.a, self.b, x + self.drops_after_first
        shared = digamma(a + b) - digamma(a + b + n)
        by_b = shared + digamma(b + n) - digamma(b)
        last = np.where(n > 0, b + n - 1, 1.0)
        return (
            float(counts @ shared + gone.sum() / a),
            float(counts @ by_b - gone @ (1 / last)),
        )

    def _log_odds_of_data(self, data: RepeatOrders) -> tuple[Floats, Floats]:
        """Log odds of being gone and ln((alpha + T) / (alpha + t_x)), per row."""
        far = np.log(self.alpha + data.coded_age.values)
        near = np.log(self.alpha + data.coded_last.values)
        log_ratio = data.coded_age.take(far) - data.coded_last.take(near)
        ahead = data.coded_repeats.take(self._log_dropout_odds(data.coded_repeats.values))
        return ahead + (self.r + data.repeats) * log_ratio, log_ratio

    def _log_dropout_odds(self, x: Floats) -> Floats:
        n = x + self.drops_after_first
        with np.errstate(divide="ignore"):
            return np.where(
                n > 0, np.log(self.a) - np.log(np.where(n > 0, self.b + n - 1, 1)), -np.inf
            )

    def alive_probability(self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive) at the end of observation, from the history alone."""
        x, t_x, total = as_arrays(repeats, last, age)
        log_ratio = np.log(self.alpha + total) - np.log(self.alpha + t_x)
        return np.asarray(expit(-(self._log_dropout_odds(x) + (self.r + x) * log_ratio)))

    def orders_if_alive(self, repeats: ArrayLike, age: ArrayLike, horizon: ArrayLike) -> Floats:
        """Expected orders in the `horizon` after T of a customer who is alive at T.

        By Gauss-Legendre in ln(1 + s / (alpha + T)), in which the rate falls off smoothly.
        """
        x, total, ahead = as_arrays(repeats, age, horizon)
        reach = np.log1p(ahead / (self.alpha + total))
        orders = np.zeros(x.shape)
        for node, weight in zip((NODES + 1) / 2, WEIGHTS / 2, strict=True):
            passed = np.expm1(reach * node)
            orders += weight * (1 + passed) * self._survival(x, passed)
        orders *= reach * (self.r + x)
        lost = ~np.isfinite(orders)
        if lost.any():
            passed = np.broadcast_to(ahead / (self.alpha + total), x.shape)
            orders[lost] = self._orders_by_quantiles(x[lost], passed[lost])
        return orders

    def _survival(self, x: Floats, z: Floats) -> Floats:
        """2F1(r + x + 1, a; a + b + x + d; -z), by Pfaff's transformation to 0 <= argument < 1.

        The argument's series then has moderate parameters whatever x is. Where a is in the hundreds
        the factor before it vanishes while the series overflows: then it is not a number.
        """
        n = x + self.drops_after_first
        c = self.a + self.b + n
        other = c - (self.r + x + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray((1 + z) ** -self.a * hyp2f1(self.a, other, c, z / (1 + z)))

    def _orders_by_quantiles(self, x: Floats, z: Floats) -> Floats:
        """`orders_if_alive` within (alpha + T) z, as the mean over quantiles of p of what p gives.

        With p known it is (1 - (1 + p z)^-(r + x)) / p. A large a leaves p next to no room, so that
        few quantiles tell.
        """
        distinct, place = np.unique(x, return_inverse=True)
        orders = np.zeros(x.shape)
        for node, weight in zip((NODES + 1) / 2, WEIGHTS / 2, strict=True):
            found = betaincinv(self.a, self.b + distinct + self.drops_after_first, node)
            p = found[place]
            orders -= weight * np.expm1(-(self.r + x) * np.log1p(p * z)) / p
        return orders


def gamma_poisson(r: float, alpha: float, data: RepeatOrders) -> tuple[float, Floats]:
    """Log-likelihood of orders at rates Gamma(r, alpha) without dropout; slopes by r and alpha."""
    x, counts = data.coded_repeats.values, data.coded_repeats.total(data.weight)
    age = data.coded_age.values
    customers = data.coded_age.total(data.weight)
    powers = r * customers + data.coded_age.total(data.weight * data.repeats)
    log_age, size = np.log(alpha + age), data.customers
    value = counts @ (gammaln(r + x) - gammaln(r)) + size * r * np.log(alpha) - powers @ log_age
    by_r = counts @ (digamma(r + x) - digamma(r)) + size * np.log(alpha) - customers @ log_age
    by_alpha = size * r / alpha - powers @ (1 / (alpha + age))
    return float(value), np.array([by_r, by_alpha])
