"""Which model of orders a shop gets, and when none of those with dropout can be told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.clv.bg_nbd import BgNbd
from ml.clv.mbg_nbd import MbgNbd
from ml.clv.nbd import Nbd
from ml.clv.order_model import Fit, OrderModel
from ml.clv.pareto_nbd import ParetoNbd
from ml.clv.sufficient_statistics import Floats, RepeatOrders, collapse

# Those that differ by noise alone are told apart by what they assume, most plausible first: that a
# customer may leave at any time; after any order; after any but the first, so that whoever has
# ordered once is alive for ever.
MODELS: tuple[type[OrderModel], ...] = (ParetoNbd, MbgNbd, BgNbd)
# 95% point of chi-squared with two degrees of freedom: what two parameters gain by chance. At the
# border of their range the true point is lower, so this asks for more, never for less.
LEAST_GAIN = 5.991
# Standard errors of a paired difference that are no noise.
BEYOND_NOISE = 1.96


@dataclass(frozen=True)
class Histories:
    """Customers as of a day: x, t_x and T, arrays of shape (customers,)."""

    repeats: Floats
    last: Floats
    age: Floats

    def collapsed(self) -> RepeatOrders:
        """Equal customers counted once."""
        return collapse(self.repeats, self.last, self.age)


@dataclass(frozen=True)
class Trial:
    """Customers as of an earlier day, and their orders in the `horizon` from then on."""

    past: Histories
    later: Floats
    horizon: float


@dataclass(frozen=True)
class Candidate:
    """How a model fits.

    `deviance` is None where no later orders were held out, or the fit to the customers before them
    ran away, which says nothing about the fit to all.
    """

    name: str
    parameters: dict[str, float]
    log_likelihood: float
    likelihood_ratio: float
    """Twice the gain in log-likelihood over the model without dropout."""
    is_degenerate: bool
    deviance: float | None


@dataclass(frozen=True)
class Choice:
    """The model of a shop, why it is that one, and what else was tried."""

    model: OrderModel
    reason: str
    candidates: tuple[Candidate, ...]


def choose(now: Histories, trial: Trial | None) -> Choice:
    """Fit every model and keep one.

    A model is degenerate where a parameter runs away or where it does not explain the orders
    better than the one without dropout (likelihood ratio below the 95% point of chi-squared).
    Among the others the first of `MODELS` is kept whose Poisson deviance of held-out later orders
    is not worse than the lowest beyond noise, or the likelihood decides where there is no trial.
    Where all are degenerate the model without dropout (NBD) is what the data say, and the reason
    says so.
    """
    data = now.collapsed()
    plain = Nbd.fit(data)
    fits = {kind.name: kind.fit(data) for kind in MODELS}
    losses = {kind.name: _losses(kind, trial) for kind in MODELS} if trial else {}
    candidates = tuple(_candidate(fits[kind.name], plain, losses.get(kind.name)) for kind in MODELS)
    sound = [candidate for candidate in candidates if not candidate.is_degenerate]
    if not sound:
        return Choice(plain.model, _no_dropout(candidates), candidates)
    known = {c.name: losses.get(c.name) for c in sound}
    judged = {name: each for name, each in known.items() if each is not None}
    if not judged:
        best = max(sound, key=lambda c: c.log_likelihood)
        return Choice(fits[best.name].model, _by_likelihood(best, sound), candidates)
    lowest = min(judged, key=lambda name: float(judged[name].mean()))
    kept = next(n for n in judged if not is_worse(judged[n], judged[lowest]))
    return Choice(fits[kept].model, _by_trial(kept, lowest, sound), candidates)


def is_worse(losses: Floats, than: Floats) -> bool:
    """Whether the mean of losses is higher beyond noise; both of the same customers, (rows,)."""
    difference = losses - than
    error = float(np.std(difference)) / np.sqrt(difference.size)
    return bool(difference.mean() > BEYOND_NOISE * error)


def _candidate(fit: Fit[OrderModel], plain: Fit[Nbd], losses: Floats | None) -> Candidate:
    ratio = 2 * (fit.log_likelihood - plain.log_likelihood)
    return Candidate(
        fit.model.name,
        fit.model.parameters,
        fit.log_likelihood,
        ratio,
        fit.at_border or ratio < LEAST_GAIN,
        None if losses is None else float(losses.mean()),
    )


def _losses(kind: type[OrderModel], trial: Trial) -> Floats | None:
    past = trial.past
    fit = kind.fit(past.collapsed())
    if fit.at_border:
        return None
    said = fit.model.expected_orders(past.repeats, past.last, past.age, trial.horizon)
    return poisson_deviances(trial.later, said)


def poisson_deviances(counted: Floats, expected: Floats) -> Floats:
    """Poisson deviance per customer, shape (rows,).

    The mean is lowest for the true mean, whatever the distribution; 0 is best.
    """
    mean = np.maximum(expected, 1e-9)
    ratio = np.where(counted > 0, counted, 1.0) / mean
    own = np.where(counted > 0, counted * np.log(ratio), 0.0)
    deviances: Floats = 2 * (own - (counted - mean))
    return deviances


def _no_dropout(candidates: tuple[Candidate, ...]) -> str:
    ratios = ", ".join(f"{c.name} {max(c.likelihood_ratio, 0.0):.2f}" for c in candidates)
    return (
        "nbd: no dropout can be seen in the orders; twice the gain in log-likelihood over nobody "
        f"ever leaving is {ratios} (it takes {LEAST_GAIN}), so P(alive) is 1 for everybody"
    )


def _by_likelihood(best: Candidate, sound: list[Candidate]) -> str:
    others = ", ".join(f"{c.name} {c.log_likelihood:.1f}" for c in sound)
    return f"{best.name}: highest log-likelihood ({others}); no later orders to compare by"


def _by_trial(kept: str, lowest: str, sound: list[Candidate]) -> str:
    others = ", ".join(
        f"{c.name} {'not judged' if c.deviance is None else format(c.deviance, '.4f')}"
        for c in sound
    )
    if kept == lowest:
        return f"{kept}: lowest Poisson deviance of held-out orders ({others})"
    return (
        f"{kept}: no worse than {lowest} beyond noise in Poisson deviance of held-out orders "
        f"({others}), and it assumes less"
    )
