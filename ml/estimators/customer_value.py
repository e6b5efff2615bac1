"""Value of a customer from models of orders and spend, corrected by what features say beyond them.

    value(horizon) = expected orders x expected value of an order x exp(correction)

Orders come from a buy-till-you-die model, the value of an order from Gamma-Gamma, and the
correction from boosted trees that start at the product of both (LightGBM, Tweedie loss, log link).
The share of the correction that is applied is part of the recipe and chosen by backtest: 0 leaves
the probability models alone, 1 is the tree's own prediction, 1/2 the geometric mean of the two.

Over time the value follows the expected orders of the customer: at t months it is the value at the
horizon times E(orders until t | alive) / E(orders until the horizon | alive). So the curve passes
through the value model at its horizon, and P(alive) cancels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline

from ml.clv.choice import Choice, Histories, Trial, choose
from ml.clv.gamma_gamma import GammaGamma, Spend
from ml.clv.order_model import OrderModel
from ml.clv.spread import Spread, learn_spread
from ml.clv.sufficient_statistics import Floats
from ml.columns import AS_OF_DATE, CUSTOMER_ID, LABEL_END_DATE
from ml.estimators.boosting import DEFAULTS
from ml.estimators.preprocess import feature_pipeline

REPEATS, LAST, AGE = "clv_repeat_order_count", "clv_recency_days", "days_since_first_order"
ORDERS, ORDER_DAYS, REVENUE = "order_count", "order_day_count", "net_revenue_amount"
COLUMNS = (REPEATS, LAST, AGE, ORDERS, ORDER_DAYS, REVENUE)
EXPECTED_ORDERS, ORDER_VALUE, EXPECTED_VALUE = "btyd_orders", "btyd_order_value", "btyd_value"
PRODUCTS = [EXPECTED_ORDERS, ORDER_VALUE, EXPECTED_VALUE]
LEAST_VALUE = 1e-3
"""Expected value below which no logarithm is taken, in the currency of the shop."""
FOLDS = 3

TREES: dict[str, Any] = DEFAULTS | {"n_estimators": 120}
TWEEDIE_POWER = 1.5


@dataclass(frozen=True)
class OrdersAndSpend:
    """The probability models of a shop as of a day."""

    choice: Choice
    spend: GammaGamma
    orders_per_day: float
    """Orders per day with an order: the models count days."""
    typical_value: float
    """What an order brings where Gamma-Gamma has no mean: the mean of all order days."""

    @property
    def orders(self) -> OrderModel:
        """The model of orders."""
        return self.choice.model

    def order_value(self, frame: pd.DataFrame) -> Floats:
        """Expected net revenue of a day with an order, per row; never negative."""
        days = frame[ORDER_DAYS].to_numpy(dtype=np.float64)
        mean = frame[REVENUE].to_numpy(dtype=np.float64) / np.maximum(days, 1)
        value = self.spend.expected_value(days, mean)
        return np.where(np.isfinite(value), value, self.typical_value)

    def expected_orders(self, frame: pd.DataFrame, days: Any) -> Floats:
        """Expected order days in the `days` (a number, or one per row) after the as-of date."""
        return self.orders.expected_orders(*_history(frame), days)

    def orders_if_alive(self, frame: pd.DataFrame, days: Any) -> Floats:
        """The same of customers who are still there."""
        repeats, _, age = _history(frame)
        return self.orders.orders_if_alive(repeats, age, days)

    def alive_probability(self, frame: pd.DataFrame) -> Floats:
        """P(alive) as of the as-of date."""
        return self.orders.alive_probability(*_history(frame))

    def median_gap(self, frame: pd.DataFrame) -> Floats:
        """Days until the next order with probability 1/2, as long as alive."""
        repeats, _, age = _history(frame)
        return self.orders.median_gap(repeats, age)


class CustomerValue(BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Expected net revenue over the label's horizon; a regressor of feature frames.

    Args:
        numeric: names of numeric features.
        categorical: names of categorical features.
        correction: share of the trees' correction that is applied, 0 to 1.
        starts_at_product: whether trees start at orders times spend, or from nothing.
        trees: parameters of LGBMRegressor instead of the defaults.
    """

    def __init__(
        self,
        numeric: list[str],
        categorical: list[str],
        correction: float = 0.5,
        starts_at_product: bool = True,
        trees: dict[str, Any] | None = None,
    ) -> None:
        self.numeric = numeric
        self.categorical = categorical
        self.correction = correction
        self.starts_at_product = starts_at_product
        self.trees = trees

    def fit(self, X: pd.DataFrame, y: Any) -> Self:
        """Fit to feature rows of one or several as-of dates and their net revenue to come.

        Args:
            X: features with `as_of_date`, `label_end_date` and `customer_id`.
            y: net revenue in the window, shape (rows,).
        """
        outcome = np.asarray(y, dtype=np.float64)
        self._fit_models(X, outcome)
        parts = [self._held_out(X, outcome, fit, held) for fit, held in _forward_or_folds(X)]
        self.spread_: Spread = learn_spread(
            *(np.concatenate(part) for part in zip(*parts, strict=True))
        )
        return self

    def _fit_models(self, X: pd.DataFrame, outcome: Floats) -> None:
        self.horizon_days_ = int((X[LABEL_END_DATE] - X[AS_OF_DATE]).dt.days.iloc[0])
        self.models_ = fit_orders_and_spend(X)
        self.trees_: Pipeline | None = self._fit_trees(X, outcome) if self.correction else None

    def _held_out(
        self, X: pd.DataFrame, outcome: Floats, fit: Any, held: Any
    ) -> tuple[Floats, Floats, Floats]:
        """Outcome, expectation and implied orders of rows that a twin was not fitted to."""
        twin = CustomerValue(**self.get_params())
        twin._fit_models(X.iloc[fit], outcome[fit])
        rows = X.iloc[held]
        said = twin.predict(rows)
        return outcome[held], said, said / twin.models_.order_value(rows)

    def _fit_trees(self, X: pd.DataFrame, outcome: Floats) -> Pipeline:
        features = self._with_products(X)
        model = LGBMRegressor(
            objective="tweedie",
            tweedie_variance_power=TWEEDIE_POWER,
            **{**TREES, **(self.trees or {})},
        )
        pipeline = feature_pipeline(
            "passthrough", [*self.numeric, *PRODUCTS], self.categorical, model
        )
        start = {"model__init_score": self._start(features)} if self.starts_at_product else {}
        # Refunds can make a window negative; the Tweedie loss knows none.
        pipeline.fit(features, np.maximum(outcome, 0), **start)
        return pipeline

    def _with_products(self, X: pd.DataFrame) -> pd.DataFrame:
        orders = self.models_.expected_orders(X, self.horizon_days_)
        value = self.models_.order_value(X)
        return X.assign(**dict(zip(PRODUCTS, (orders, value, orders * value), strict=True)))

    @staticmethod
    def _start(features: pd.DataFrame) -> Floats:
        product = features[EXPECTED_VALUE].to_numpy(dtype=np.float64)
        start: Floats = np.log(np.maximum(product, LEAST_VALUE))
        return start

    def predict(self, X: pd.DataFrame) -> Floats:
        """Expected net revenue over the horizon, shape (rows,), positive."""
        features = self._with_products(X)
        start = self._start(features)
        if self.trees_ is None:
            return np.exp(start)
        raw = np.asarray(self.trees_.predict(features, raw_score=True), dtype=np.float64)
        whole = raw if self.starts_at_product else raw - start
        return np.exp(start + self.correction * whole)

    def predict_interval(self, X: pd.DataFrame) -> Floats:
        """Ends of the 80% interval over the horizon, shape (rows, 2)."""
        said = self.predict(X)
        return self.spread_.interval(said, said / self.models_.order_value(X))

    def curve(self, X: pd.DataFrame, days: list[int]) -> Curve:
        """Orders and value until each of these days after the as-of date, cumulative."""
        at_horizon = self.predict(X)
        value_of_order = self.models_.order_value(X)
        reference = self.models_.orders_if_alive(X, self.horizon_days_)
        alive = self.models_.alive_probability(X)
        within = np.column_stack([self.models_.orders_if_alive(X, day) for day in days])
        value = at_horizon[:, None] * within / reference[:, None]
        ends = [self.spread_.interval(column, column / value_of_order) for column in value.T]
        # What a longer time may bring is never less than what a shorter one may.
        lower, upper = (
            np.maximum.accumulate(np.column_stack([end[:, side] for end in ends]), axis=1)
            for side in (0, 1)
        )
        orders = alive[:, None] * within * self.models_.orders_per_day
        return Curve(orders, value, np.minimum(lower, value), upper)


@dataclass(frozen=True)
class Curve:
    """Cumulative from the as-of date; arrays of shape (customers, days)."""

    orders: Floats
    value: Floats
    lower: Floats
    upper: Floats


def fit_orders_and_spend(X: pd.DataFrame) -> OrdersAndSpend:
    """Fit the probability models to the newest as-of date of a frame; earlier dates are a trial."""
    now = X[X[AS_OF_DATE] == X[AS_OF_DATE].max()]
    days, revenue = (now[name].to_numpy(dtype=np.float64) for name in (ORDER_DAYS, REVENUE))
    trial = _trial(X)
    key = tuple(part.tobytes() for part in _history(now))
    spend = GammaGamma.fit(Spend.of(days, revenue / np.maximum(days, 1))).model
    return OrdersAndSpend(
        _chosen(key, _trial_key(trial)),
        spend,
        float(now[ORDERS].sum() / days.sum()),
        max(float(revenue.sum() / days.sum()), LEAST_VALUE),
    )


@lru_cache(maxsize=32)
def _chosen(now: tuple[bytes, ...], trial: tuple[Any, ...] | None) -> Choice:
    """Several recipes meet the same customers: their orders are fitted once."""
    return choose(_of(now), Trial(_of(trial[0]), _array(trial[1]), trial[2]) if trial else None)


def _array(content: bytes) -> Floats:
    return np.frombuffer(content, dtype=np.float64)


def _of(parts: tuple[bytes, ...]) -> Histories:
    return Histories(*(_array(part) for part in parts))


def _trial_key(trial: Trial | None) -> tuple[Any, ...] | None:
    if trial is None:
        return None
    past = trial.past
    parts = tuple(part.tobytes() for part in (past.repeats, past.last, past.age))
    return parts, trial.later.tobytes(), trial.horizon


def _trial(X: pd.DataFrame) -> Trial | None:
    """The oldest date with its customers' orders until the newest, if there are two dates."""
    newest, oldest = X[AS_OF_DATE].max(), X[AS_OF_DATE].min()
    if oldest == newest:
        return None
    before = X[X[AS_OF_DATE] == oldest].set_index(CUSTOMER_ID)
    after = X[X[AS_OF_DATE] == newest].set_index(CUSTOMER_ID)[ORDER_DAYS]
    known = before.index.isin(after.index)
    before = before[known]
    later = after.reindex(before.index).to_numpy(np.float64) - before[ORDER_DAYS].to_numpy(
        np.float64
    )
    return Trial(Histories(*_history(before)), later, float((newest - oldest).days))


def _history(frame: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    repeats, last, age = (
        np.ascontiguousarray(frame[name].to_numpy(dtype=np.float64))
        for name in (REPEATS, LAST, AGE)
    )
    return repeats, last, age


def _forward_or_folds(X: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Places of rows to fit and to hold out: the two newest dates that closed windows precede.

    Where no date is preceded by a closed window, folds of customers of the newest date.
    """
    day, end = X[AS_OF_DATE].to_numpy(), X[LABEL_END_DATE].to_numpy()
    forward = []
    for held in np.unique(day)[::-1]:
        fit = np.flatnonzero(end <= held)
        if fit.size:
            forward.append((fit, np.flatnonzero(day == held)))
    if forward:
        return forward[:2]
    folds = GroupKFold(FOLDS).split(X, groups=X[CUSTOMER_ID])
    newest = np.flatnonzero(day == day.max())
    return [(fit, np.intersect1d(held, newest)) for fit, held in folds]
