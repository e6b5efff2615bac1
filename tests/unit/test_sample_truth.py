"""The truth is checked against sums that share no code with it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln, hyp2f1
from sklearn.metrics import roc_auc_score

from ingest.sample import (
    SampleConfig,
    SampleShop,
    generate,
    realised_no_purchase,
    true_no_purchase_probability,
)
from ingest.sample.config import Floats
from ingest.sample.probability import (
    History,
    Prior,
    alive_given_rates,
    quiet_given_history,
    quiet_if_alive,
)

OBSERVERS = ("oracle", "given_rates", "given_history")
DATES = (date(2024, 1, 1), date(2024, 7, 1), date(2025, 4, 1))


@pytest.fixture(scope="module")
def shop() -> SampleShop:
    return generate(SampleConfig(customers=12_000, dirty_per_kind=0))


def known(shop: SampleShop, as_of: date) -> pd.DataFrame:
    truth = true_no_purchase_probability(shop.truth, as_of)
    return truth.merge(realised_no_purchase(shop.truth, as_of), on="customer_id")


@pytest.mark.parametrize("as_of", DATES)
@pytest.mark.parametrize("observer", OBSERVERS)
def test_what_is_predicted_is_what_comes(shop: SampleShop, as_of: date, observer: str) -> None:
    frame = known(shop, as_of)
    chance = frame[observer]
    bucket = pd.qcut(chance.rank(method="first"), 10, labels=False)
    error = np.sqrt((chance * (1 - chance)).groupby(bucket).sum()).clip(lower=0.5)
    surprise = (frame["is_quiet"].astype(float) - chance).groupby(bucket).sum() / error
    assert surprise.abs().max() < 4
    assert (surprise**2).mean() < 3


@pytest.mark.parametrize("side", ["acquisition_channel", "country"])
def test_groups_are_calibrated_too(shop: SampleShop, side: str) -> None:
    frame = known(shop, DATES[1]).merge(shop.truth.customers, on="customer_id")
    chance = frame["given_history"]
    error = np.sqrt((chance * (1 - chance)).groupby(frame[side]).sum())
    surprise = (frame["is_quiet"].astype(float) - chance).groupby(frame[side]).sum() / error
    assert surprise.abs().max() < 4


@pytest.mark.parametrize("as_of", DATES)
def test_who_knows_more_ranks_better_and_the_task_is_realistic(
    shop: SampleShop, as_of: date
) -> None:
    frame = known(shop, as_of)
    oracle, rates, history = (roc_auc_score(frame["is_quiet"], frame[o]) for o in OBSERVERS)
    assert oracle > rates > history
    assert 0.74 < history < 0.86
    assert 0.4 < frame["is_quiet"].mean() < 0.6


def test_channel_and_discounts_tell_something(shop: SampleShop) -> None:
    """Same recency and frequency, other channel: the truth moves."""
    frame = known(shop, DATES[1]).merge(shop.truth.customers, on="customer_id")
    quiet = frame.groupby("acquisition_channel")["given_history"].mean()
    assert quiet["marketplace"] > quiet["referral"] + 0.15


def test_the_date_itself_is_not_history(shop: SampleShop) -> None:
    as_of = date(2024, 7, 1)
    past = shop.truth.history["ordered_at"] < pd.Timestamp(as_of)
    cut = type(shop.truth)(shop.config, shop.truth.customers, shop.truth.history.loc[past])
    expected = true_no_purchase_probability(shop.truth, as_of)
    pd.testing.assert_frame_equal(true_no_purchase_probability(cut, as_of), expected)


@pytest.mark.parametrize(
    ("as_of", "horizon"), [(date(2023, 1, 1), 90), (date(2025, 7, 2), 90), (date(2024, 1, 1), 0)]
)
def test_dates_outside_the_shop_are_refused(shop: SampleShop, as_of: date, horizon: int) -> None:
    with pytest.raises(ValueError, match="no truth"):
        true_no_purchase_probability(shop.truth, as_of, horizon)


def test_what_has_not_come_yet_is_refused(shop: SampleShop) -> None:
    with pytest.raises(ValueError, match="export ends"):
        realised_no_purchase(shop.truth, date(2025, 4, 3), 90)
    assert len(true_no_purchase_probability(shop.truth, date(2025, 7, 1), 365)) == 12_000


CASES = pd.DataFrame(
    [
        (0, 0, 5),
        (0, 0, 700),
        (1, 30, 45),
        (4, 200, 230),
        (4, 200, 800),
        (60, 700, 720),
        (60, 300, 900),
        (200, 890, 900),
    ],
    columns=["repeats", "last", "age"],
).astype(float)


def history_of(cases: pd.DataFrame) -> History:
    nothing = np.zeros((len(cases), 2))
    repeats, last, age = (cases[column].to_numpy() for column in ("repeats", "last", "age"))
    return History(repeats, last, age, nothing, nothing)


def prior_of(alpha: list[float], beta: list[float], share: list[float], size: int) -> Prior:
    r, s = 1.8, 1.2
    weight = np.log(share) + r * np.log(alpha) + s * np.log(beta)
    return Prior(r, s, *(np.tile(row, (size, 1)) for row in (alpha, beta, weight)))


def log_likelihood(r: float, alpha: float, s: float, beta: float, case: Floats) -> Floats:
    """Fader and Hardie (2005), A note on deriving the Pareto/NBD model, equation for L."""
    x, last, age = case
    total, bound = r + s + x, max(alpha, beta)
    other = s + 1 if alpha >= beta else r + x

    def term(t: Floats) -> Floats:
        z = (bound - min(alpha, beta)) / (bound + t)
        return hyp2f1(total, other, total + 1, z) * ((bound + last) / (bound + t)) ** total

    scale = -total * np.log(bound + last)
    dead = s / total * (term(last) - term(age))
    alive = np.exp(-(r + x) * np.log(alpha + age) - s * np.log(beta + age) - scale)
    log_front = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return log_front + scale + np.log(alive + dead)


@pytest.mark.parametrize(("alpha", "beta"), [(120.0, 900.0), (700.0, 90.0), (100.0, 100.0)])
@pytest.mark.parametrize("window", [1.0, 90.0, 400.0])
def test_one_class_equals_the_published_closed_form(
    alpha: float, beta: float, window: float
) -> None:
    size = len(CASES)
    got = quiet_given_history(
        prior_of([alpha], [beta], [1.0], size), history_of(CASES), np.full(size, window), 0.0
    )
    now = CASES.to_numpy().T
    later = now + np.array([[0.0], [0.0], [window]])
    later_log, now_log = (log_likelihood(1.8, alpha, 1.2, beta, case) for case in (later, now))
    assert got == pytest.approx(np.exp(later_log - now_log), rel=1e-6)


@pytest.mark.parametrize("case", [(0, 0, 60), (3, 150, 200), (3, 40, 300), (15, 500, 560)])
def test_two_classes_with_cancellations_equal_weighted_draws(case: tuple[int, int, int]) -> None:
    """Draw rates from the prior, weight them by the likelihood of the history, average (b)."""
    rng, size, window, cancelled = np.random.default_rng(7), 400_000, 90.0, 0.2
    alpha, beta, share = [110.0, 160.0], [1800.0, 600.0], [0.6, 0.4]
    prior = prior_of(alpha, beta, share, 1)
    history = history_of(pd.DataFrame([case], columns=list(CASES)).astype(float))
    got = quiet_given_history(prior, history, np.array([window]), cancelled)
    hidden = (rng.random(size) < share[1]).astype(int)
    rate = rng.gamma(1.8, size=size) / np.array(alpha)[hidden]
    dropout = rng.gamma(1.2, size=size) / np.array(beta)[hidden]
    x, last, age = (float(part) for part in case)
    total = rate + dropout
    ends = dropout * np.exp(-total * last) + rate * np.exp(-total * age)
    weight = rate**x * ends / total
    quiet = quiet_if_alive(rate * (1 - cancelled), dropout, np.full(size, window))
    chance = 1 - alive_given_rates(rate, dropout, np.full(size, age - last)) * (1 - quiet)
    mean = np.average(chance, weights=weight)
    error = np.sqrt(np.sum((weight * (chance - mean)) ** 2)) / weight.sum()
    assert error < 0.005
    assert abs(got[0] - mean) < 4 * error


def test_life_and_silence_given_rates_equal_simulation() -> None:
    rng, size, window = np.random.default_rng(11), 400_000, 60.0
    rate, dropout, silence = 0.02, 0.004, 80.0
    gap, life = rng.exponential(1 / rate, size), rng.exponential(1 / dropout, size)
    silent = (gap > silence) | (life < np.minimum(gap, silence))
    alive = life[silent] > silence
    later = gap[silent] > silence + window
    one = np.ones(1)
    p_alive = alive_given_rates(rate * one, dropout * one, silence * one)[0]
    p_quiet = quiet_if_alive(rate * one, dropout * one, window * one)[0]
    assert alive.mean() == pytest.approx(p_alive, abs=0.005)
    quiet = later | (life[silent] < np.minimum(gap[silent], silence + window))
    assert quiet[alive].mean() == pytest.approx(p_quiet, abs=0.005)
