"""The known truth of a shop, and what it says of a date: see `probability` for the formulas."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ingest.sample.catalogue import CATEGORIES
from ingest.sample.columns import TRUTH_CUSTOMER_COLUMNS
from ingest.sample.config import Bools, Ints, SampleConfig
from ingest.sample.latent import CHANNELS, CLASSES, COUNTRIES, DISCOUNT_USE, Latent
from ingest.sample.probability import (
    History,
    alive_given_rates,
    life_given_history,
    prior_of,
    quiet_given_history,
    quiet_if_alive,
)
from ingest.sample.season import Clock, clock, epoch_seconds
from ingest.sample.text import ids


@dataclass(frozen=True)
class Truth:
    """The truth of a whole shop.

    `customers` has the columns of truth/customers.csv, one row per customer. `history` has one
    row per clean order of a registered customer: customer_id, ordered_at, is_completed,
    is_discounted.
    """

    config: SampleConfig
    customers: pd.DataFrame
    history: pd.DataFrame


def customer_truth(customer: Ints, latent: Latent) -> pd.DataFrame:
    """truth/customers.csv of one block, numbers rounded as they are written.

    `price_sensitivity` is the probability that the customer takes a running sale's discount;
    rates are per operational day (a day of average season).
    """

    def named(names: tuple[str, ...], index: Ints) -> pd.Series:
        return pd.Series(np.array(names, dtype=object)[index], dtype="str")

    frame = pd.DataFrame(
        {
            "customer_id": ids("C", customer, 7),
            "acquisition_channel": named(CHANNELS, latent.channel),
            "country": named(COUNTRIES, latent.country),
            "customer_class": named(CLASSES, latent.bargain),
            "born_at": latent.born_at.astype("datetime64[s]"),
            "purchase_rate_per_day": latent.purchase_rate.round(10),
            "dropout_rate_per_day": latent.dropout_rate.round(10),
            "died_at": latent.died_at.astype("datetime64[s]"),
            "price_sensitivity": DISCOUNT_USE[latent.bargain, 1],
            "favourite_category": named(CATEGORIES, latent.favourite),
            "spend_scale": latent.spend_scale.round(6),
        }
    )
    return frame[list(TRUTH_CUSTOMER_COLUMNS)]


def observed_history(orders: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """`Truth.history` from clean export files, as anyone could derive it."""
    on_sale = items.loc[items["discount_amount"].astype(float) > 0, "order_id"]
    coupon = orders["discount_amount"].astype(float) > 0
    frame = pd.DataFrame(
        {
            "customer_id": orders["customer_id"],
            "ordered_at": pd.to_datetime(orders["ordered_at"]).astype("datetime64[s]"),
            "is_completed": orders["status"] == "completed",
            "is_discounted": coupon | orders["order_id"].isin(on_sale.unique()),
        }
    )
    return frame.loc[frame["customer_id"] != ""].reset_index(drop=True)


def true_no_purchase_probability(
    truth: Truth, as_of_date: date, horizon_days: int = 90
) -> pd.DataFrame:
    """P(no completed order in [as_of_date, as_of_date + horizon)) for three observers.

    One row per customer with an order strictly before `as_of_date`: customer_id, is_alive (on
    that date) and the probabilities `oracle` (knows rates and life), `given_rates` (knows rates
    and history) and `given_history` (knows the population and all of the export before the date;
    what a perfect model of that data says). Raises ValueError for a date outside the shop's
    period or a horizon that is not positive.
    """
    ticks = _clock(truth)
    start = _checked_start(truth, as_of_date, horizon_days)
    stop = epoch_seconds(as_of_date + timedelta(days=horizon_days))
    born = _seconds(truth.customers["born_at"])
    known = np.flatnonzero(born < start)
    customers, born = truth.customers.iloc[known], born[known]
    history = _history_before(truth, ticks, customers, born, start)
    window = np.full(known.size, ticks.between(start, stop))
    rate = customers["purchase_rate_per_day"].to_numpy()
    dropout = customers["dropout_rate_per_day"].to_numpy()
    cancelled = truth.config.cancelled_share
    is_alive = _seconds(customers["died_at"]) > start
    quiet = quiet_if_alive(rate * (1 - cancelled), dropout, window)
    alive = alive_given_rates(rate, dropout, history.age - history.last)
    prior = prior_of(
        _codes(customers["acquisition_channel"], CHANNELS),
        _codes(customers["country"], COUNTRIES),
        history,
    )
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "is_alive": is_alive,
            "oracle": np.where(is_alive, quiet, 1.0),
            "given_rates": 1 - alive * (1 - quiet),
            "given_history": quiet_given_history(prior, history, window, cancelled),
        }
    )


def true_life(truth: Truth, as_of_date: date, horizon_days: int = 90) -> pd.DataFrame:
    """P(alive) and expected orders of a perfect model of the export, beside what is and came.

    One row per customer with an order strictly before `as_of_date`: customer_id, is_alive (on that
    date), `alive_given_history`, and `orders_given_history`, the completed orders to expect in
    [as_of_date, as_of_date + horizon). Raises ValueError as `true_no_purchase_probability` does.
    """
    ticks = _clock(truth)
    start = _checked_start(truth, as_of_date, horizon_days)
    stop = epoch_seconds(as_of_date + timedelta(days=horizon_days))
    born = _seconds(truth.customers["born_at"])
    known = np.flatnonzero(born < start)
    customers = truth.customers.iloc[known]
    history = _history_before(truth, ticks, customers, born[known], start)
    prior = prior_of(
        _codes(customers["acquisition_channel"], CHANNELS),
        _codes(customers["country"], COUNTRIES),
        history,
    )
    window = np.full(known.size, ticks.between(start, stop))
    alive, orders = life_given_history(prior, history, window, truth.config.cancelled_share)
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "is_alive": _seconds(customers["died_at"]) > start,
            "alive_given_history": alive,
            "orders_given_history": orders,
        }
    )


def realised_no_purchase(truth: Truth, as_of_date: date, horizon_days: int = 90) -> pd.DataFrame:
    """What came: customer_id and is_quiet, for the same customers in the same order.

    Raises ValueError when the window reaches past the end of the export.
    """
    start = _checked_start(truth, as_of_date, horizon_days)
    stop = epoch_seconds(as_of_date + timedelta(days=horizon_days))
    if stop > _clock(truth).end:
        raise ValueError(f"the export ends within {horizon_days} days of {as_of_date}")
    born = _seconds(truth.customers["born_at"])
    customers = truth.customers.loc[born < start, "customer_id"].reset_index(drop=True)
    ordered = _seconds(truth.history["ordered_at"])
    bought = truth.history["is_completed"] & (ordered >= start) & (ordered < stop)
    active = truth.history.loc[bought, "customer_id"].unique()
    return pd.DataFrame({"customer_id": customers, "is_quiet": ~customers.isin(active)})


def _clock(truth: Truth) -> Clock:
    return clock(truth.config.start_date, truth.config.end_date)


def _checked_start(truth: Truth, as_of_date: date, horizon_days: int) -> int:
    last = truth.config.end_date + timedelta(days=1)
    if horizon_days < 1 or not truth.config.start_date < as_of_date <= last:
        raise ValueError(f"no truth for {horizon_days} days from {as_of_date}")
    return epoch_seconds(as_of_date)


def _seconds(times: "pd.Series[pd.Timestamp]") -> Ints:
    return times.to_numpy().astype("datetime64[s]").astype(np.int64)


def _codes(values: "pd.Series[str]", names: tuple[str, ...]) -> Ints:
    return pd.Index(names).get_indexer(pd.Index(values)).astype(np.int64)


def _history_before(
    truth: Truth, ticks: Clock, customers: pd.DataFrame, born: Ints, start: int
) -> History:
    """Sufficient statistics of the orders strictly before `start`."""
    ordered = _seconds(truth.history["ordered_at"])
    past = ordered < start
    ordered, orders = ordered[past], truth.history.loc[past]
    row = pd.Index(customers["customer_id"]).get_indexer(pd.Index(orders["customer_id"]))
    size, origin = len(customers), ticks.operational(born)
    last = np.array(born)
    np.maximum.at(last, row, ordered)
    on_sale = ticks.campaign_depth(ordered) > 0
    taken = orders["is_discounted"].to_numpy(dtype=bool)
    return History(
        repeats=np.bincount(row, minlength=size).astype(float) - 1,
        last=ticks.operational(last) - origin,
        age=ticks.between(ticks.origin, start) - origin,
        offers=_by_campaign(row, on_sale, np.ones(row.size, dtype=bool), size),
        discounts=_by_campaign(row, on_sale, taken, size),
    )


def _by_campaign(row: Ints, on_sale: Bools, counted: Bools, size: int) -> np.ndarray:
    """Orders counted per customer outside and inside campaigns, shape (size, 2)."""
    sides = [np.bincount(row[counted & (on_sale == side)], minlength=size) for side in (0, 1)]
    return np.stack(sides, axis=1).astype(float)
