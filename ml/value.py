"""Lifetime value: what a customer will order and bring, month by month for a year.

The level is that of the value model at the horizon of the label, the shape over months that of the
model of orders (`ml.estimators.customer_value`); the former is chosen per shop by backtest on the
past. The loss that chooses is the Tweedie deviance of power 1.5: a mean absolute error would choose
whoever predicts the median, which for most customers is nothing, and a squared one whoever does
well on the three largest; the deviance is lowest for the true mean (Gneiting 2011, Making and
evaluating point forecasts) and weighs customers of all sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.clv.sufficient_statistics import Floats
from ml.columns import (
    ALIVE_PROBABILITY,
    AS_OF_DATE,
    EXPECTED_NET_REVENUE,
    EXPECTED_NET_REVENUE_LOWER,
    EXPECTED_NET_REVENUE_UPPER,
    EXPECTED_NEXT_ORDER_DATE,
    EXPECTED_ORDER_COUNT,
    HORIZON_MONTHS,
)
from ml.estimators import Kind
from ml.estimators.customer_value import REPEATS, CustomerValue
from ml.metrics import REGRESSION, Measure, tweedie_deviance
from ml.splits import ForwardSplits
from ml.supervised import Baseline, Label, SupervisedConfig, SupervisedTask
from ml.task import NotEnoughData, Trained, TrainingData

MONTHS = range(1, 13)
LEAST_REPEAT_CUSTOMERS = 100


def last_horizon(_: pd.DataFrame, later: pd.DataFrame) -> Floats:
    """What the customer brought in the 90 days before, again."""
    return later["net_revenue_last_90_days_amount"].to_numpy(dtype=np.float64)


def historic_rate(_: pd.DataFrame, later: pd.DataFrame) -> Floats:
    """What the customer brought per day so far, over the horizon."""
    horizon = (later["label_end_date"] - later[AS_OF_DATE]).dt.days.to_numpy(dtype=np.float64)
    rate = later["net_revenue_amount"] / later["days_since_first_order"]
    return rate.to_numpy(dtype=np.float64) * horizon


class LifetimeValue(SupervisedTask):
    """The lifetime value task, see the module."""

    name = "clv"
    kind: ClassVar[Kind] = "regression"
    label = Label(column="future_net_revenue_amount", words="net revenue")
    score_table = "ml.customer_clv_scores"
    output = EXPECTED_NET_REVENUE
    headline_metrics = ("mean_absolute_error", "spearman", "normalised_gini", "interval_coverage")
    loss = "tweedie_deviance"
    baselines: ClassVar[Mapping[str, Baseline]] = {
        "last 90 days again": last_horizon,
        "historic rate": historic_rate,
    }
    defaults = SupervisedConfig(
        estimators=(
            "btyd_gamma_gamma",
            "btyd_half_corrected",
            "lightgbm_tweedie",
        ),
        split=ForwardSplits(),
        min_rows=200,
    )

    @property
    def metrics(self) -> Mapping[str, Measure]:
        """Those of a regression, and the deviance that chooses."""
        return {**REGRESSION, self.loss: Measure(tweedie_deviance, higher_is_better=False)}

    def train(self, data: TrainingData) -> Trained:
        """Choose, evaluate and fit.

        Raises:
            NotEnoughData: too few rows, or too few customers who came back, to tell a rhythm.
        """
        past, _ = self.config.split.parts(data)[0]
        newest = past[past[AS_OF_DATE] == past[AS_OF_DATE].max()]
        came_back = int((newest[REPEATS] > 0).sum())
        if came_back < LEAST_REPEAT_CUSTOMERS:
            raise NotEnoughData(
                f"{self.name} of {data.source_name} has {came_back} customers who had ordered on "
                f"a second day by {newest[AS_OF_DATE].iloc[0]:%Y-%m-%d}; it needs "
                f"{LEAST_REPEAT_CUSTOMERS} to tell how often customers come back"
            )
        trained = super().train(data)
        model: CustomerValue = trained.estimator
        choice = model.models_.choice
        trained.parameters.update(
            {
                "order_model": choice.model.name,
                "order_model_reason": choice.reason,
                **{f"orders.{name}": value for name, value in choice.model.parameters.items()},
                **{
                    f"spend.{name}": value for name, value in model.models_.spend.parameters.items()
                },
            }
        )
        trained.details["order_model"] = choice
        return trained

    def scores(self, artefact: Artefact, frame: pd.DataFrame, values: Floats) -> pd.DataFrame:
        """Twelve rows per customer: the curve, cumulative from the as-of date.

        Returns:
            Keys and the columns of ml.customer_clv_scores, by customer and month.
        """
        model: CustomerValue = artefact.estimator
        day = frame[AS_OF_DATE].iloc[0]
        days = [int((day + pd.DateOffset(months=month) - day).days) for month in MONTHS]
        curve = model.curve(frame, days)
        rows = frame[list(artefact.contract.keys)]
        scores = rows.loc[rows.index.repeat(len(MONTHS))].reset_index(drop=True)
        scores[HORIZON_MONTHS] = np.tile(np.array(MONTHS, dtype=np.int64), len(frame))
        for name, values_of in (
            (EXPECTED_ORDER_COUNT, curve.orders),
            (EXPECTED_NET_REVENUE, curve.value),
            (EXPECTED_NET_REVENUE_LOWER, curve.lower),
            (EXPECTED_NET_REVENUE_UPPER, curve.upper),
        ):
            scores[name] = values_of.ravel()
        scores[ALIVE_PROBABILITY] = model.models_.alive_probability(frame).repeat(len(MONTHS))
        next_dates = next_order_dates(day, model.models_.median_gap(frame), days[-1])
        scores[EXPECTED_NEXT_ORDER_DATE] = np.repeat(next_dates, len(MONTHS))
        return scores


def next_order_dates(day: pd.Timestamp, gap: Floats, most: int) -> np.ndarray:
    """Dates by which the next order comes with probability 1/2, None beyond `most` days."""
    whole = np.ceil(np.minimum(gap, most + 1)).astype(np.int64)
    dates = [(day + pd.Timedelta(days=int(days))).date() for days in range(most + 2)]
    table = np.array([*dates[: most + 1], None], dtype=object)
    return np.asarray(table[np.minimum(whole, most + 1)])
