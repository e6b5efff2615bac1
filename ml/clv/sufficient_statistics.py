"""What buy-till-you-die models need to know of a customer, and equal customers counted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """A column as its n distinct values (rising) and the place of each row's value in them."""

    values: Floats
    places: Ints

    def take(self, per_value: Floats) -> Floats:
        """Spread something known per distinct value over the rows."""
        return per_value[self.places]

    def total(self, weights: Floats) -> Floats:
        """Sum row weights per distinct value, shape (n,)."""
        return np.bincount(self.places, weights, self.values.size).astype(np.float64)


@dataclass(frozen=True)
class RepeatOrders:
    """Distinct histories and how many customers have each; all arrays of shape (rows,).

    `repeats` is x, the order days after the first; `last` is t_x, the time from the first order
    to the latest; `age` is T, the time from the first order to the end of observation. Times are
    in any one unit, and the parameters that are fitted come in the same.
    """

    repeats: Floats
    last: Floats
    age: Floats
    weight: Floats

    @cached_property
    def customers(self) -> float:
        """Customers counted."""
        return float(self.weight.sum())

    @cached_property
    def coded_repeats(self) -> Coded:
        """`repeats` by distinct value: gamma functions are worked out once for each."""
        return coded(self.repeats)

    @cached_property
    def coded_last(self) -> Coded:
        """`last` by distinct value."""
        return coded(self.last)

    @cached_property
    def coded_age(self) -> Coded:
        """`age` by distinct value."""
        return coded(self.age)

    def scaled(self, unit: float) -> RepeatOrders:
        """The same histories with `unit` of the present time units as the new one."""
        return RepeatOrders(self.repeats, self.last / unit, self.age / unit, self.weight)


def coded(column: Floats) -> Coded:
    """Code a column."""
    values, places = np.unique(column, return_inverse=True)
    return Coded(values, places.astype(np.int64))


def collapse(
    repeats: ArrayLike, last: ArrayLike, age: ArrayLike, weight: ArrayLike | None = None
) -> RepeatOrders:
    """Count equal histories once.

    Args:
        repeats: x per customer, whole and not negative.
        last: t_x per customer, 0 exactly where x is 0.
        age: T per customer, at least t_x.
        weight: customers that each row stands for; one by default.

    Raises:
        ValueError: a row is none that a customer can have; the message says which rule it breaks.
    """
    x, t_x, total = (np.asarray(part, dtype=np.float64) for part in (repeats, last, age))
    counted = np.ones(x.size) if weight is None else np.asarray(weight, dtype=np.float64)
    _check(x, t_x, total)
    parts = [coded(part) for part in (x, t_x, total)]
    key = np.ravel_multi_index(
        tuple(part.places for part in parts), tuple(part.values.size for part in parts)
    )
    _, first, places = np.unique(key, return_index=True, return_inverse=True)
    sums = np.bincount(places, counted, first.size).astype(np.float64)
    return RepeatOrders(x[first], t_x[first], total[first], sums)


def as_arrays(*parts: ArrayLike) -> tuple[Floats, ...]:
    """Turn arguments into float arrays of one shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in parts)))


def _check(repeats: Floats, last: Floats, age: Floats) -> None:
    if not repeats.size:
        raise ValueError("there is no customer")
    if not all(np.isfinite(part).all() for part in (repeats, last, age)):
        raise ValueError("repeat orders and times must be finite")
    if (repeats < 0).any() or (repeats != np.floor(repeats)).any():
        raise ValueError("repeat orders must be whole numbers from 0 on")
    if (last < 0).any() or (last > age).any():
        raise ValueError("the latest order must lie between the first and the end of observation")
    if ((repeats > 0) != (last > 0)).any():
        raise ValueError("the latest order is the first exactly where there are no repeat orders")
