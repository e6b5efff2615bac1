"""Maximum likelihood for a handful of positive parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ml.clv.sufficient_statistics import Floats

Objective = Callable[[Floats], tuple[float, Floats]]
"""Log-likelihood and its gradient at positive parameters, shape (parameters,)."""

# Parameters are sought between e^-BOUND and e^BOUND, in units in which all of them are near 1.
BOUND = 12.0
MOST_STEPS = 500


@dataclass(frozen=True)
class Maximum:
    """Where the likelihood is highest.

    `at_border` tells that a parameter ran away to the end of what is sought: the data do not
    determine it.
    """

    parameters: Floats
    log_likelihood: float
    steps: int
    at_border: bool


def maximise(objective: Objective, start: Floats, size: float) -> Maximum:
    """Find the positive parameters of highest likelihood, by L-BFGS in their logarithms.

    Args:
        objective: log-likelihood of all customers and its gradient.
        start: where to begin.
        size: number of customers; the search is over the mean, so that its tolerances mean the
            same for every shop.

    Raises:
        FloatingPointError: the likelihood is not finite at the start.
    """

    def loss(logs: Floats) -> tuple[float, Floats]:
        point = np.exp(logs)
        value, gradient = objective(point)
        return -value / size, -gradient * point / size

    logs = np.log(start)
    if not np.isfinite(loss(logs)[0]):
        raise FloatingPointError(f"the likelihood is not finite at {start}")
    found = minimize(
        loss,
        logs,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * logs.size,
        options={"maxiter": MOST_STEPS, "ftol": 1e-14, "gtol": 1e-8, "maxcor": 20},
    )
    at_border = bool((np.abs(found.x) > BOUND - 0.01).any())
    return Maximum(np.exp(found.x), float(-found.fun * size), int(found.nit), at_border)
