"""The numbers that forecasts were asked for, on the real shop's total and countries.

The procedure chooses its methods at each origin by earlier origins only, and is measured whole.
"""

from __future__ import annotations

import holidays
import numpy as np
import pandas as pd
import pytest

from ml.forecast.config import ForecastConfig
from ml.forecast.ends import is_last_day_over
from ml.forecast.panel import CALENDAR
from ml.forecast.reading import COLUMNS, NO_MINUTE
from ml.task import Trained
from tests.e2e.real_data import ONLINE_RETAIL
from tests.unit.ml.forecast.shop import train

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ONLINE_RETAIL.exists(), reason=f"no data set at {ONLINE_RETAIL}"),
]
NO_GOODS = ["POST", "DOT", "C2", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"]


def goods() -> pd.DataFrame:
    """Sold lines of goods, as fct_order_items has them."""
    lines = pd.read_csv(ONLINE_RETAIL, dtype={"InvoiceNo": str, "StockCode": str})
    is_sale = ~lines["InvoiceNo"].str.startswith(("A", "C"))
    is_goods = ~lines["StockCode"].str.upper().str.strip().isin(NO_GOODS)
    kept = lines[is_sale & is_goods & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    at = pd.to_datetime(kept["InvoiceDate"])
    return pd.DataFrame(
        {
            "sales_date": at.dt.normalize(),
            "last_order_minute": at.dt.hour * 60 + at.dt.minute,
            "net_revenue_amount": kept["Quantity"] * kept["UnitPrice"],
            "country": kept["Country"],
        }
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """The shop as of 2011-12-10."""
    lines = goods()
    how = {"net_revenue_amount": "sum", "last_order_minute": "max"}
    total = lines.groupby("sales_date", as_index=False).agg(how)
    by_country = lines.groupby(["country", "sales_date"], as_index=False).agg(how)
    dates = pd.date_range("2010-12-01", "2012-03-31")
    known = holidays.country_holidays("GB", subdiv="ENG", years=[2010, 2011, 2012])
    days = pd.DataFrame({"sales_date": dates, "is_holiday": [d.date() in known for d in dates]})
    days = days.assign(series_level=CALENDAR, series_key="", last_order_minute=NO_MINUTE)
    parts = [
        days.assign(net_revenue_amount=0.0),
        total.assign(series_level="total", series_key="all", is_holiday=False),
        by_country.assign(series_level="country", is_holiday=False).rename(
            columns={"country": "series_key"}
        ),
    ]
    whole = pd.concat(parts, ignore_index=True).assign(is_closure=False, is_promotion=False)
    named = whole.assign(source_name="online_retail", as_of_date=pd.Timestamp("2011-12-10"))
    return named[list(COLUMNS)]


@pytest.fixture(scope="module")
def trained(frame: pd.DataFrame) -> Trained:
    """The procedure, trained."""
    return train(frame, [], ForecastConfig())


def metric(trained: Trained, name: str, baseline: str) -> tuple[float, float]:
    """Of the procedure, and of the baseline beside it."""
    found = [
        row
        for row in trained.evaluations
        if row.is_champion and row.metric_name == name and row.baseline_name == baseline
    ]
    return found[0].metric_value, found[0].baseline_value


def test_the_newest_day_was_not_over(frame: pd.DataFrame) -> None:
    """The data set ends at 12:50 on a Friday."""
    assert not is_last_day_over(frame, pd.Timestamp("2011-12-10"))
    whole = frame.assign(as_of_date=pd.Timestamp("2011-12-09"))
    assert is_last_day_over(whole, pd.Timestamp("2011-12-09"))


def test_errors_of_28_days_are_within_the_bounds(trained: Trained) -> None:
    mase, naive_mase = metric(trained, "mase", "seasonal naive")
    wape, mean_wape = metric(trained, "wape", "four-week weekday mean")
    assert naive_mase == pytest.approx(1.378, abs=0.002)
    assert mean_wape == pytest.approx(0.327, abs=0.002)
    assert mase <= 1.08
    assert wape <= 0.322
    assert "9 rolling origins, 2011-07-22 to 2011-11-11" in trained.evaluations[0].protocol


def test_intervals_hold_what_they_say(trained: Trained) -> None:
    assert 0.72 <= metric(trained, "coverage_80", "nominal")[0] <= 0.88
    assert 0.90 <= metric(trained, "coverage_95", "nominal")[0] <= 1.0


def test_countries_are_better_than_their_weekday_mean(trained: Trained) -> None:
    own, other = metric(trained, "country_weekly_wape", "four-week weekday mean")
    assert own < other


def test_every_kind_of_method_was_measured(trained: Trained) -> None:
    measured = {row.model_name for row in trained.evaluations}
    assert {"linear_regression", "random_forest", "lightgbm"} <= measured
    assert {"auto_ets", "auto_theta", "seasonal_naive", "damped_trend"} <= measured
    assert np.isfinite([row.metric_value for row in trained.evaluations]).all()
