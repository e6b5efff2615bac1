"""What is true of a customer and never seen: how fast they buy, when they leave, what they like.

The process is a Pareto/NBD (Schmittlein, Morrison and Colombo 1987) in operational time, with a
prior that depends on what can be seen (channel, country) and on one hidden class (bargain hunter
or regular):

    lambda ~ Gamma(RATE_SHAPE, alpha[channel, country, class])      orders per operational day
    mu     ~ Gamma(DROPOUT_SHAPE, beta[channel, class])             dropouts per operational day
    lifetime ~ Exponential(mu), orders while alive ~ Poisson(lambda), each cancelled with one
    known probability; the class also shifts how often an order carries a discount.

Spend and taste are drawn independently of lambda, mu and class: nothing but the order times, the
discounts, channel and country says anything about the next order.
"""

from dataclasses import dataclass

import numpy as np

from ingest.sample.catalogue import CATEGORY_POPULARITY
from ingest.sample.config import Floats, Ints, SampleConfig, Stream
from ingest.sample.season import Clock

CHANNELS = ("organic", "paid_search", "social", "referral", "email", "marketplace")
COUNTRIES = ("GB", "DE", "FR", "IE", "ES", "PL", "SE", "JP")
CLASSES = ("regular", "bargain_hunter")

CHANNEL_SHARE = np.array([0.30, 0.22, 0.18, 0.12, 0.10, 0.08])
COUNTRY_SHARE = np.array([0.46, 0.14, 0.12, 0.08, 0.07, 0.05, 0.04, 0.04])
BARGAIN_SHARE = np.array([0.25, 0.40, 0.50, 0.20, 0.35, 0.65])  # by channel

RATE_SHAPE = 1.8
DROPOUT_SHAPE = 1.2
# Mean rates of the reference customer; the factors below multiply them.
MEAN_RATE = 1 / 66
MEAN_DROPOUT = 1 / 1100
CHANNEL_ACTIVITY = np.array([1.10, 0.90, 0.80, 1.35, 1.20, 0.65])
COUNTRY_ACTIVITY = np.array([1.05, 1.10, 0.95, 1.15, 0.80, 0.85, 1.00, 0.70])
CLASS_ACTIVITY = np.array([1.10, 0.80])
CHANNEL_DROPOUT = np.array([0.80, 1.15, 1.60, 0.55, 0.75, 2.20])
CLASS_DROPOUT = np.array([0.75, 1.60])

# Probability that an order carries a discount, [class, is a campaign running].
DISCOUNT_USE = np.array([[0.06, 0.35], [0.38, 0.85]])

SPEND_SIGMA = 0.45
# New customers come faster in the shop's early days: birth = span * U ** BIRTH_POWER.
BIRTH_POWER = 1.2
MAX_LIFETIME_DAYS = 36_500.0


@dataclass(frozen=True)
class Latent:
    """The hidden state of a block of n customers: every array has shape (n,).

    Rates are per operational day; `born_at` and `died_at` in seconds since 1970; channel,
    country, class and category are indices into their tuples; `spend_scale` has mean 1.
    """

    channel: Ints
    country: Ints
    bargain: Ints
    born_at: Ints
    purchase_rate: Floats
    dropout_rate: Floats
    died_at: Ints
    lifetime: Floats  # operational days
    favourite: Ints
    spend_scale: Floats


def rate_scale(channel: Ints, country: Ints) -> Floats:
    """Gamma rate parameters alpha of lambda, in operational days; shape (n, classes)."""
    factor = (CHANNEL_ACTIVITY[channel] * COUNTRY_ACTIVITY[country])[:, None] * CLASS_ACTIVITY
    return np.asarray(RATE_SHAPE / (MEAN_RATE * factor))


def dropout_scale(channel: Ints) -> Floats:
    """Gamma rate parameters beta of mu, in operational days; shape (n, classes)."""
    factor = CHANNEL_DROPOUT[channel][:, None] * CLASS_DROPOUT
    return np.asarray(DROPOUT_SHAPE / (MEAN_DROPOUT * factor))


def class_prior(channel: Ints) -> Floats:
    """P(class | channel), shape (n, classes)."""
    bargain = BARGAIN_SHARE[channel]
    return np.stack([1 - bargain, bargain], axis=1)


def pick(rng: np.random.Generator, shares: Floats, size: int) -> Ints:
    """`size` indices drawn with probabilities `shares`."""
    cumulative = np.cumsum(shares)[:-1]
    return np.searchsorted(cumulative, rng.random(size), side="right").astype(np.int64)


def draw(config: SampleConfig, clock: Clock, block: int) -> Latent:
    """Draw one block's customers from the prior."""
    rng = config.rng(Stream.LATENT, block)
    size = config.block_size(block)
    channel = pick(rng, CHANNEL_SHARE, size)
    country = pick(rng, COUNTRY_SHARE, size)
    bargain = (rng.random(size) < BARGAIN_SHARE[channel]).astype(np.int64)
    rows = np.arange(size)
    rate = rng.gamma(RATE_SHAPE, size=size) / rate_scale(channel, country)[rows, bargain]
    dropout = rng.gamma(DROPOUT_SHAPE, size=size) / dropout_scale(channel)[rows, bargain]
    born_at = draw_births(rng, clock, size)
    lifetime = draw_lifetimes(rng, dropout)
    return Latent(
        channel=channel,
        country=country,
        bargain=bargain,
        born_at=born_at,
        purchase_rate=rate,
        dropout_rate=dropout,
        died_at=clock.seconds(clock.operational(born_at) + lifetime),
        lifetime=lifetime,
        favourite=pick(rng, CATEGORY_POPULARITY, size),
        spend_scale=rng.lognormal(-(SPEND_SIGMA**2) / 2, SPEND_SIGMA, size),
    )


def draw_births(rng: np.random.Generator, clock: Clock, size: int) -> Ints:
    """Sign-up seconds within the export: busy days bring more new customers too."""
    return clock.seconds(clock.span * rng.random(size) ** BIRTH_POWER)


def draw_lifetimes(rng: np.random.Generator, dropout: Floats) -> Floats:
    """Operational days from first order to dropout, cut at a century to stay in the calendar."""
    return np.asarray(np.minimum(rng.exponential(size=dropout.size) / dropout, MAX_LIFETIME_DAYS))
