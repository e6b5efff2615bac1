"""The true probability that a customer does not buy, for three observers.

In operational time a customer is a Pareto/NBD: orders at rate lambda until dropout at rate mu,
each order cancelled with known probability q. At age T, with x repeat orders, the last at age t,
and a window of D operational days ahead, "no purchase" means no order that is not cancelled.

(a) oracle: knows lambda, mu and whether the customer is alive.
    dead 1, alive  s(D) = mu / k + (lambda' / k) exp(-k D),  lambda' = lambda (1 - q),
    k = lambda' + mu.
(b) given_rates: knows lambda, mu and the history, not whether the customer is alive.
    1 - A (1 - s(D)),  A = 1 / (1 + mu / (lambda + mu) (exp((lambda + mu) (T - t)) - 1))
    (Schmittlein, Morrison and Colombo 1987, equation 7).
(c) given_history: knows the population and everything about the customer that is in the export:
    channel, country, all order times, cancellations and discounts. No model of the same
    information has a better expected log loss. With lambda ~ Gamma(r, alpha_k),
    mu ~ Gamma(s, beta_k) and class k of prior weight pi_k, the rates integrate out in closed form
    given the time of dropout v, and one integral over v remains per class:
        f_k(u, v) = (alpha_k + u)^-(r + x) s (beta_k + v)^-(s + 1)
        dead_k  = integral of f_k(v, v) over t < v < T
        alive_k = (alpha_k + T)^-(r + x) (beta_k + T)^-s
        quiet_k = integral of f_k(T + (1 - q)(v - T), v) over T < v < T + D
                  + (alpha_k + T + (1 - q) D)^-(r + x) (beta_k + T + D)^-s
        P = sum w_k (dead_k + quiet_k) / sum w_k (dead_k + alive_k)
        w_k = pi_k alpha_k^r beta_k^s times the likelihood of the discounts under class k.
    With one class and q = 0 that is L(x, t, T + D) / L(x, t, T) with the likelihood L of Fader
    and Hardie (2005), which the tests compare it with.
"""

from dataclasses import dataclass

import numpy as np

from ingest.sample.config import Floats, Ints
from ingest.sample.latent import (
    DISCOUNT_USE,
    DROPOUT_SHAPE,
    RATE_SHAPE,
    class_prior,
    dropout_scale,
    rate_scale,
)

NODES = 48


@dataclass(frozen=True)
class History:
    """What an export says of n customers before a date, in operational days: shapes (n,).

    `repeats` counts orders after the first, cancelled ones too; `last` is the age at the last
    order, `age` that at the date; `offers` and `discounts` have shape (n, 2): orders and those
    with a discount, outside and inside campaigns.
    """

    repeats: Floats
    last: Floats
    age: Floats
    offers: Floats
    discounts: Floats


@dataclass(frozen=True)
class Prior:
    """Population of each customer, by class: `alpha`, `beta` and `log_weight` of shape (n, k)."""

    rate_shape: float
    dropout_shape: float
    alpha: Floats
    beta: Floats
    log_weight: Floats


def quiet_if_alive(rate: Floats, dropout: Floats, window: Floats) -> Floats:
    """P(no purchase in `window` operational days | alive, rates); `rate` without cancellations."""
    total = rate + dropout
    return np.asarray((dropout + rate * np.exp(-total * window)) / total)


def alive_given_rates(rate: Floats, dropout: Floats, silence: Floats) -> Floats:
    """P(alive | rates, no order for `silence` operational days)."""
    total = rate + dropout
    odds_against = dropout / total * np.expm1(np.minimum(total * silence, 600))
    return np.asarray(1 / (1 + odds_against))


def prior_of(channel: Ints, country: Ints, history: History) -> Prior:
    """Population of each customer, its class weights updated by the discounts used."""
    alpha, beta = rate_scale(channel, country), dropout_scale(channel)
    weight = np.log(class_prior(channel)) + _discount_likelihood(history)
    weight += RATE_SHAPE * np.log(alpha) + DROPOUT_SHAPE * np.log(beta)
    return Prior(RATE_SHAPE, DROPOUT_SHAPE, alpha, beta, weight)


def _discount_likelihood(history: History) -> Floats:
    """Log likelihood of the discounts used under each class, shape (n, classes)."""
    taken, left = np.log(DISCOUNT_USE.T), np.log1p(-DISCOUNT_USE.T)
    refused = history.offers - history.discounts
    return np.asarray(history.discounts @ taken + refused @ left)


def quiet_given_history(prior: Prior, history: History, window: Floats, cancelled: float) -> Floats:
    """P(no purchase in `window` operational days | history), shape (n,): observer (c)."""
    x, last, age, ahead = (
        part[:, None] for part in (history.repeats, history.last, history.age, window)
    )
    # Everything relative to the likelihood of being alive at the last order keeps it in range.
    power = prior.rate_shape + x
    reference = prior.log_weight - power * np.log(prior.alpha + last)
    weight = np.exp(reference - reference.max(axis=1, keepdims=True))
    dead = _dropout_integral(prior, power, last, (last, age), 0.0)
    alive = _rate_term(prior, power, last, age) * (prior.beta + age) ** -prior.dropout_shape
    quiet = _dropout_integral(prior, power, last, (age, age + ahead), cancelled)
    survivors = _rate_term(prior, power, last, age + (1 - cancelled) * ahead)
    quiet += survivors * (prior.beta + age + ahead) ** -prior.dropout_shape
    total = (weight * (dead + alive)).sum(axis=1)
    return np.asarray((weight * (dead + quiet)).sum(axis=1) / total)


def life_given_history(
    prior: Prior, history: History, window: Floats, cancelled: float
) -> tuple[Floats, Floats]:
    """P(alive) and expected completed orders in `window` operational days, each of shape (n,).

    Observer (c). Given class and life, lambda ~ Gamma(r + x, alpha + T) and mu ~
    Gamma(s, beta + T), so a class expects
    (1 - q) (r + x) / (alpha + T) times the integral of ((beta + T) / (beta + T + u))^s over the
    window, and classes are weighted by alive_k.
    """
    x, last, age, ahead = (
        part[:, None] for part in (history.repeats, history.last, history.age, window)
    )
    power = prior.rate_shape + x
    reference = prior.log_weight - power * np.log(prior.alpha + last)
    weight = np.exp(reference - reference.max(axis=1, keepdims=True))
    dead = weight * _dropout_integral(prior, power, last, (last, age), 0.0)
    alive = (
        weight * _rate_term(prior, power, last, age) * (prior.beta + age) ** (-prior.dropout_shape)
    )
    total = (dead + alive).sum(axis=1)
    shape = prior.dropout_shape - 1  # 0.2: no exception at 1 is needed
    lived = (prior.beta + age) / shape * (1 - (1 + ahead / (prior.beta + age)) ** -shape)
    orders = (1 - cancelled) * power / (prior.alpha + age) * lived
    return alive.sum(axis=1) / total, (alive * orders).sum(axis=1) / total


def _rate_term(prior: Prior, power: Floats, last: Floats, exposure: Floats) -> Floats:
    """((alpha + exposure) / (alpha + last)) ** -power: lambda integrated out."""
    return np.exp(-power * np.log((prior.alpha + exposure) / (prior.alpha + last)))


def _dropout_integral(
    prior: Prior, power: Floats, last: Floats, limits: tuple[Floats, Floats], cancelled: float
) -> Floats:
    """Integral of f_k over the time of dropout between `limits`; shape (n, classes).

    Gauss-Legendre in log(alpha + v), in which the integrand falls off like an exponential. Only
    the share 1 - cancelled of the time after the lower limit counts as exposure; for a dropout
    in the past all of it does.
    """
    lower, upper = limits
    width = np.log((prior.alpha + upper) / (prior.alpha + lower))
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    result = np.zeros(np.broadcast_shapes(width.shape, lower.shape))
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        v = (prior.alpha + lower) * np.exp(width * node) - prior.alpha
        exposure = lower + (1 - cancelled) * (v - lower)
        density = prior.dropout_shape * (prior.beta + v) ** (-prior.dropout_shape - 1)
        slope = width * (prior.alpha + v)
        result += weight * slope * density * _rate_term(prior, power, last, exposure)
    return result
