"""Tiny shops as frames of sales, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.feature_contract import Feature, FeatureContract
from ml.forecast import SalesForecast
from ml.forecast.config import ForecastConfig
from ml.forecast.panel import CALENDAR, Panel
from ml.forecast.reading import COLUMNS, NO_MINUTE
from ml.task import Trained, TrainingData

FIRST = pd.Timestamp("2024-01-01")  # a Monday
CONTRACT = FeatureContract(
    relation="features.ftr_sales_daily",
    keys=("source_name", "series_level", "series_key", "sales_date"),
    features=(Feature(name="net_revenue_amount", kind="numeric"),),
)
SMALL = ForecastConfig(
    max_products=3,
    measured_origins=3,
    choice_origins=3,
    learned=("linear_regression",),
    learned_rows=1_000,
    statistical=(),
    resamples=100,
)
Series = Mapping[tuple[str, str], Any]


def frame(series: Series, days: int, minute: int = NO_MINUTE, horizon: int = 98) -> pd.DataFrame:
    """Rows of a shop as of the day after `days` days; amounts of 0 have no row."""
    dates = pd.date_range(FIRST, periods=days + horizon)
    parts = [pd.DataFrame({"sales_date": dates, "series_level": CALENDAR, "series_key": ""})]
    for (level, key), amounts in series.items():
        values = np.resize(np.asarray(amounts, dtype=float), days)
        part = pd.DataFrame({"sales_date": dates[:days], "net_revenue_amount": values})
        parts.append(
            part[part["net_revenue_amount"] != 0].assign(series_level=level, series_key=key)
        )
    found = pd.concat(parts, ignore_index=True).fillna({"net_revenue_amount": 0.0})
    flags = dict.fromkeys(("is_closure", "is_promotion", "is_holiday"), False)
    as_of = FIRST + pd.Timedelta(days=days)
    named = found.assign(source_name="s", as_of_date=as_of, last_order_minute=minute, **flags)
    return named[list(COLUMNS)]


def panel(values: Any, horizon: int = 98, levels: Any = ("total",), keys: Any = ("all",)) -> Panel:
    """Series side by side, from a Monday on."""
    amounts = np.atleast_2d(np.asarray(values, dtype=float))
    none = np.zeros(amounts.shape[1] + horizon, dtype=bool)
    return Panel(np.datetime64("2024-01-01"), tuple(levels), tuple(keys), amounts, none, none, none)


def train(rows: pd.DataFrame, products: list[str], config: ForecastConfig = SMALL) -> Trained:
    """Train on a frame."""
    day: date = rows["as_of_date"].iloc[0].date()
    data = TrainingData("s", CONTRACT, rows, day, details={"products": products})
    return SalesForecast(config).train(data)


def artefact(trained: Trained) -> Artefact:
    """What would be stored."""
    return Artefact(
        task_name="forecast",
        source_name="s",
        model_name=trained.model_name,
        model_version="v",
        contract=CONTRACT,
        trained_as_of_date=trained.trained_as_of_date,
        estimator=trained.estimator,
        details=trained.details,
    )


def forecast(
    rows: pd.DataFrame, products: list[str], config: ForecastConfig = SMALL
) -> pd.DataFrame:
    """Train on a frame and score it."""
    made = artefact(train(rows, products, config))
    return SalesForecast(config).predict(made, rows)
