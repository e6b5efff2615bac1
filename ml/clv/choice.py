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

MODELS: tuple[type[OrderModel], ...] = (BgNbd, MbgNbd, ParetoNbd)
# 95% point of chi-squared with two degrees of freedom: what two parameters gain by chance. At the
# border of their range the true point is lower, so this asks for more, never for less.
LEAST_GAIN = 5.991


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
    """How a model fits; `deviance` is None where no later orders were held out."""

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
    Among the others the lowest Poisson deviance of held-out later orders decides, or the
    likelihood where there is no trial. Where all are degenerate the model without dropout (NBD)
    is what the data say, and the reason says so.
    """
    data = now.collapsed()
    plain = Nbd.fit(data)
    fits = {kind.name: kind.fit(data) for kind in MODELS}
    candidates = tuple(
        _candidate(fits[kind.name], plain, _deviance(kind, trial) if trial else None)
        for kind in MODELS
    )
    sound = [candidate for candidate in candidates if not candidate.is_degenerate]
    if not sound:
        return Choice(plain.model, _no_dropout(candidates), candidates)
    best = min(sound, key=lambda c: -c.log_likelihood if c.deviance is None else c.deviance)
    return Choice(fits[best.name].model, _reason(best, sound), candidates)


def _candidate(fit: Fit[OrderModel], plain: Fit[Nbd], deviance: float | None) -> Candidate:
    ratio = 2 * (fit.log_likelihood - plain.log_likelihood)
    return Candidate(
        fit.model.name,
        fit.model.parameters,
        fit.log_likelihood,
        ratio,
        fit.at_border or ratio < LEAST_GAIN,
        deviance,
    )


def _deviance(kind: type[OrderModel], trial: Trial) -> float:
    past = trial.past
    model = kind.fit(past.collapsed()).model
    said = model.expected_orders(past.repeats, past.last, past.age, trial.horizon)
    return poisson_deviance(trial.later, said)


def poisson_deviance(counted: Floats, expected: Floats) -> float:
    """Mean Poisson deviance: lowest for the true mean, whatever the distribution; 0 is best."""
    mean = np.maximum(expected, 1e-9)
    ratio = np.where(counted > 0, counted, 1.0) / mean
    own = np.where(counted > 0, counted * np.log(ratio), 0.0)
    return float(2 * np.mean(own - (counted - mean)))


def _no_dropout(candidates: tuple[Candidate, ...]) -> str:
    ratios = ", ".join(f"{c.name} {max(c.likelihood_ratio, 0.0):.2f}" for c in candidates)
    return (
        "nbd: no dropout can be seen in the orders; twice the gain in log-likelihood over nobody "
        f"ever leaving is {ratios} (it takes {LEAST_GAIN}), so P(alive) is 1 for everybody"
    )


def _reason(best: Candidate, sound: list[Candidate]) -> str:
    if best.deviance is None:
        others = ", ".join(f"{c.name} {c.log_likelihood:.1f}" for c in sound)
        return f"{best.name}: highest log-likelihood ({others}); no later orders to compare by"
    others = ", ".join(f"{c.name} {c.deviance:.4f}" for c in sound)
    return f"{best.name}: lowest Poisson deviance of held-out orders ({others})"
