"""What every model of orders can say of a customer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ml.clv.fitting import maximise
from ml.clv.sufficient_statistics import Floats, RepeatOrders, as_arrays

Model = TypeVar("Model")


@dataclass(frozen=True)
class Fit(Generic[Model]):
    """A fitted model.

    `log_likelihood` is that of all customers in the time unit of the data; `at_border` tells that
    a parameter ran away, so the data do not determine it.
    """

    model: Model
    log_likelihood: float
    customers: float
    steps: int
    at_border: bool


class OrderModel(ABC):
    """Orders of a customer until an unseen dropout; immutable once made.

    In all methods `repeats`, `last` and `age` are x, t_x and T as in `RepeatOrders`, and what
    comes back has their common shape.
    """

    name: ClassVar[str]
    parameter_names: ClassVar[tuple[str, ...]]
    time_powers: ClassVar[tuple[int, ...]]
    """1 for parameters that are times, 0 for those without a unit."""

    start: ClassVar[tuple[float, ...]]
    """Where the search for the maximum begins, with the mean T as the unit of time."""

    @classmethod
    def fit(cls, data: RepeatOrders) -> Fit[Self]:
        """Fit by maximum likelihood. Raises nothing for degenerate data: see `Fit.at_border`."""
        unit = float(np.average(data.age, weights=data.weight))
        scaled = data.scaled(unit)
        found = maximise(
            lambda point: cls(*point).log_likelihood_gradient(scaled),
            np.array(cls.start),
            data.customers,
        )
        factors = np.power(unit, np.array(cls.time_powers, dtype=float))
        model = cls(*(float(value) for value in found.parameters * factors))
        return Fit(model, model.log_likelihood(data), data.customers, found.steps, found.at_border)

    @abstractmethod
    def log_likelihood_gradient(self, data: RepeatOrders) -> tuple[float, Floats]:
        """Log-likelihood of all customers and its gradient by the parameters."""

    @abstractmethod
    def alive_probability(self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """P(alive) at the end of observation."""

    @abstractmethod
    def orders_if_alive(self, repeats: ArrayLike, age: ArrayLike, horizon: ArrayLike) -> Floats:
        """Expected orders in the `horizon` after T, given alive at T: of x and T only."""

    @property
    def parameters(self) -> dict[str, float]:
        """Parameters by name."""
        return {name: float(getattr(self, name)) for name in self.parameter_names}

    def log_likelihood(self, data: RepeatOrders) -> float:
        """Log-likelihood of all customers."""
        return self.log_likelihood_gradient(data)[0]

    def expected_orders(
        self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike, horizon: ArrayLike
    ) -> Floats:
        """Expected orders in (T, T + horizon] of a customer with that history."""
        x, t_x, total, ahead = as_arrays(repeats, last, age, horizon)
        alive = self.alive_probability(x, t_x, total)
        return np.asarray(alive * self.orders_if_alive(x, total, ahead))

    def median_gap(self, repeats: ArrayLike, age: ArrayLike) -> Floats:
        """Time from T by which the next order comes with probability 1/2, as long as alive.

        The rate is Gamma(r + x, alpha + T), so the gap is Lomax; infinite where it overflows.
        """
        x, total = as_arrays(repeats, age)
        r, alpha = (self.parameters[name] for name in ("r", "alpha"))
        with np.errstate(over="ignore"):
            return np.asarray((alpha + total) * np.expm1(np.log(2) / (r + x)))
