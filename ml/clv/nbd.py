"""NBD of Ehrenberg (1959): nobody ever leaves. What remains where dropout cannot be seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ml.clv.beta_geometric import gamma_poisson
from ml.clv.order_model import OrderModel
from ml.clv.sufficient_statistics import Floats, RepeatOrders, as_arrays


class Nbd(OrderModel):
    """Orders at rate Gamma(r, alpha) for ever. Its likelihood is what dropout must improve on."""

    name = "nbd"
    parameter_names = ("r", "alpha")
    time_powers = (0, 1)
    start = (1.0, 1.0)

    def __init__(self, r: float, alpha: float) -> None:
        self.r, self.alpha = r, alpha

    def log_likelihood_gradient(self, data: RepeatOrders) -> tuple[float, Floats]:
        """Log-likelihood of all customers and its gradient by (r, alpha)."""
        return gamma_poisson(self.r, self.alpha, data)

    def alive_probability(self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """1: the model knows no dropout."""
        return np.ones(as_arrays(repeats, last, age)[0].shape)

    def orders_if_alive(self, repeats: ArrayLike, age: ArrayLike, horizon: ArrayLike) -> Floats:
        """Posterior mean rate times the horizon."""
        x, total, ahead = as_arrays(repeats, age, horizon)
        return np.asarray((self.r + x) / (self.alpha + total) * ahead)
