"""Which methods a series gets: those that were best at origins whose days were over."""

from __future__ import annotations

import numpy as np

from ml.forecast.config import ForecastConfig
from ml.forecast.methods import DEFAULTS
from ml.forecast.panel import Floats, Ints
from ml.forecast.rolling import Rolling, losses

LEAST_TRIED = 0.5


def choose(rolling: Rolling, loss: Floats, day: int, config: ForecastConfig) -> Floats:
    """Which methods each series would get on a day: their mean loss, the best few, equal weights.

    Args:
        rolling: what was said.
        loss: `losses` of it.
        day: the day of choosing; only origins whose judged days were over before it count.
        config: how many origins, how many methods.

    Returns:
        Weights, shape (methods, series), 0 or one over the number of members. All 0 for a series
        of which nothing can be told yet: it gets the default of its kind.
    """
    over = np.flatnonzero(rolling.origins + config.judged_days <= day)[: config.choice_origins]
    weights = np.zeros((loss.shape[0], loss.shape[2]))
    if not len(over):
        return weights
    part = loss[:, over]
    tried = np.isfinite(part)
    # A method has to have been tried at half of the origins, and still be tried at the newest.
    fit = (tried.mean(axis=1) >= LEAST_TRIED) & tried[:, 0]
    mean = np.where(tried, part, 0.0).sum(axis=1) / np.maximum(tried.sum(axis=1), 1)
    ranked = np.argsort(np.where(fit, mean, np.inf), axis=0, kind="stable")
    for place in range(min(config.members, len(ranked))):
        series = np.arange(loss.shape[2])
        chosen = ranked[place]
        weights[chosen, series] = fit[chosen, series]
    return np.asarray(weights / np.maximum(weights.sum(axis=0), 1))


def combine(said: Floats, weights: Floats) -> Floats:
    """Weighted mean of what methods said, shape (series, horizon); nan where no weight is.

    A member that is silent today leaves its weight to the others.
    """
    there = np.isfinite(said) & (weights[:, :, None] > 0)
    share = np.where(there, weights[:, :, None], 0.0)
    total = share.sum(axis=0)
    mixed = (np.where(there, said, 0.0) * share).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(total > 0, mixed / total, np.nan))


def procedure(rolling: Rolling, config: ForecastConfig) -> Floats:
    """What the procedure as a whole would have said at each origin, shape (origins, series, days).

    At every origin the choice is made afresh, by origins whose judged days were over by then.
    """
    loss = losses(rolling, config)
    said = [
        _with_defaults(rolling, place, combine(rolling.said[:, place].astype(float), weights))
        for place, origin in enumerate(rolling.origins)
        for weights in [choose(rolling, loss, int(origin), config)]
    ]
    return np.array(said).reshape(rolling.actual.shape)


def default_of(kind: str, names: tuple[str, ...]) -> Ints:
    """Numbers of the default methods of a kind."""
    return np.array([names.index(name) for name in DEFAULTS[kind] if name in names], np.int64)


def _with_defaults(rolling: Rolling, place: int, mixed: Floats) -> Floats:
    for row in np.flatnonzero(np.isnan(mixed).all(axis=1)):
        chosen = default_of(str(rolling.kind[place, row]), rolling.names)
        if len(chosen):
            mixed[row] = rolling.said[chosen, place, row].mean(axis=0)
    return np.nan_to_num(mixed)


def members_of(rolling: Rolling, weights: Floats, row: int) -> tuple[str, ...]:
    """Names of the methods that a series got, the default of its kind where none was chosen."""
    chosen = tuple(rolling.names[number] for number in np.flatnonzero(weights[:, row] > 0))
    if chosen or not len(rolling.origins):
        return chosen
    return DEFAULTS[str(rolling.kind[0, row])]
