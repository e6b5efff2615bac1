"""Forecasts of shops at the edge: young, tiny, dead, interrupted, unfinished."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from ml.forecast import SalesForecast
from ml.forecast.config import ForecastConfig
from ml.forecast.ends import is_last_day_over
from ml.forecast.rows import AMOUNTS, COLUMNS
from tests.unit.ml.forecast.shop import FIRST, SMALL, artefact, forecast, frame, train

TOTAL = ("total", "all")


def shop(days: int, seed: int = 3) -> dict[tuple[str, str], np.ndarray]:
    """Two countries, two categories, three products and a rest."""
    rng = np.random.default_rng(seed)
    parts = rng.gamma(2.0, 40.0, (4, days)).round(2)
    parts[2] *= rng.random(days) < 0.15
    parts[:, np.arange(days) % 7 == 6] = 0.0
    total = parts.sum(axis=0)
    series = {("product", key): parts[n] for n, key in enumerate(("Çay", "b", "c"))}
    half = (total * 0.3).round(2)
    return {
        TOTAL: total,
        ("country", "FR"): half,
        ("country", "GB"): total - half,
        ("category", "x"): parts[0],
        ("category", "unknown"): total - parts[0],
        **series,
    }


def amounts(rows: pd.DataFrame, level: str, grain: str = "day") -> pd.Series:
    chosen = rows[(rows["series_level"] == level) & (rows["grain"] == grain)]
    return (chosen["forecast_amount"] * 100).round().groupby(chosen["target_date"]).sum()


def test_parts_add_up_to_the_cent_and_weeks_to_their_days() -> None:
    rows = forecast(frame(shop(200), 200), ["b", "Çay", "c"])
    assert list(rows.columns) == list(COLUMNS)
    days, weeks = amounts(rows, "total"), amounts(rows, "total", "week")
    for level in ("country", "category"):
        assert amounts(rows, level).equals(days)
    assert amounts(rows, "product").equals(days.iloc[:28])
    assert amounts(rows, "product", "week").equals(weeks)
    monday = days.index - pd.to_timedelta(days.index.day_of_week, unit="D")
    summed = days.groupby(monday).sum()
    assert (summed[weeks.index] == weeks).all()
    assert len(weeks) == 13
    assert len(days) >= 90
    assert set(rows[rows["series_level"] == "product"]["series_key"]) == {"Çay", "b", "c", "rest"}


def test_rows_are_complete_ordered_and_never_negative() -> None:
    rows = forecast(frame(shop(200), 200), ["b", "Çay", "c"])
    assert not rows.duplicated(["series_level", "series_key", "grain", "target_date"]).any()
    known = rows[rows["reason"].isna()]
    assert len(known) == len(rows)
    ordered = known[["lower_95_amount", "lower_80_amount", "forecast_amount"]]
    assert (ordered.diff(axis=1).iloc[:, 1:] >= -0.005).all(axis=None)
    assert (known["upper_80_amount"] >= known["forecast_amount"] - 0.005).all()
    assert (known["upper_95_amount"] >= known["upper_80_amount"] - 0.005).all()
    assert (known[list(AMOUNTS)] >= 0).all(axis=None)
    first = rows[(rows["series_level"] == "total") & (rows["horizon_days"] == 1)]
    assert (first["target_date"] == FIRST + pd.Timedelta(days=200)).all()
    sundays = known[(known["grain"] == "day") & (known["target_date"].dt.day_of_week == 6)]
    assert (sundays["forecast_amount"] == 0).all()
    assert not sundays["is_expected_open"].any()


def test_the_row_says_which_method_and_kind() -> None:
    rows = forecast(frame(shop(200), 200), ["b", "Çay", "c"])
    kind = rows.groupby("series_key")["series_kind"].first()
    assert kind["c"] == "intermittent"
    assert kind["all"] == "regular"
    seldom = rows[rows["series_key"] == "c"]["method"].iloc[0].split(" + ")
    assert set(seldom) <= {"tsb", "croston_sba", "imapa", "damped_trend"} | {
        f"level_mean_{weeks}_weeks" for weeks in (4, 8, 13)
    }


def test_three_weeks_of_sales_have_no_forecast_and_a_reason() -> None:
    rows = forecast(frame(shop(21), 21), ["b"])
    assert rows[list(AMOUNTS)].isna().all(axis=None)
    assert rows["reason"].unique().tolist() == ["21 days of history; a forecast needs 28"]
    assert train(frame(shop(21), 21), ["b"]).evaluations == []


def test_a_shop_of_one_day_has_no_forecast() -> None:
    rows = forecast(frame({TOTAL: [5.0]}, 1), [])
    assert rows["forecast_amount"].isna().all()
    assert rows["reason"].iloc[0].startswith("1 days of history")


def test_a_young_shop_has_a_forecast_and_no_interval() -> None:
    rows = forecast(frame(shop(40), 40), ["b"])
    assert rows["forecast_amount"].notna().all()
    assert rows["upper_80_amount"].isna().all()
    assert rows["reason"].str.startswith("no interval").all()
    assert (rows["method"] == "mean_since_first_sale").all()


def test_one_product_is_the_whole_shop() -> None:
    series = {TOTAL: shop(150)[TOTAL], ("product", "p"): shop(150)[TOTAL]}
    rows = forecast(frame(series, 150), ["p"])
    keys = rows.groupby("series_key")["forecast_amount"].sum()
    assert keys["p"] == pytest.approx(rows[(rows["series_key"] == "p")]["forecast_amount"].sum())
    assert keys["rest"] == 0


def test_a_shop_with_a_gap_of_months_is_forecast() -> None:
    series = {
        key: np.where((np.arange(300) > 100) & (np.arange(300) < 200), 0, values)
        for key, values in shop(300).items()
    }
    rows = forecast(frame(series, 300), ["b", "c"])
    assert rows["forecast_amount"].notna().all()
    assert amounts(rows, "country").equals(amounts(rows, "total"))


def test_a_dead_shop_is_forecast_to_sell_nothing() -> None:
    series = {key: np.where(np.arange(300) > 150, 0, values) for key, values in shop(300).items()}
    rows = forecast(frame(series, 300), ["b", "c"])
    assert (rows["forecast_amount"] == 0).all()


def test_a_product_that_died_falls_towards_nothing() -> None:
    series = shop(300)
    series["product", "b"] = np.where(np.arange(300) > 220, 0, series["product", "b"])
    rows = forecast(frame(series, 300), ["b", "c"])
    weeks = rows[(rows["series_key"] == "b") & (rows["grain"] == "week")]["forecast_amount"]
    assert weeks.iloc[0] < 0.2 * series["product", "b"][:220].sum() / 220 * 7


def test_days_of_net_credit_give_no_negative_forecast() -> None:
    series = shop(200)
    for key in (TOTAL, ("country", "FR")):
        series[key] = series[key].copy()
        series[key][190:195] = -900.0
    rows = forecast(frame(series, 200), ["b"])
    assert (rows["forecast_amount"] >= 0).all()


def test_a_country_that_training_did_not_know_gets_its_share() -> None:
    known = shop(200)
    made = artefact(train(frame(known, 200), ["b"]))
    known["country", "ES"] = np.where(np.arange(200) > 180, 30.0, 0)
    rows = SalesForecast(SMALL).predict(made, frame(known, 200))
    assert (rows[rows["series_key"] == "ES"]["method"] == "mean_since_first_sale").all()
    assert amounts(rows, "country").equals(amounts(rows, "total"))


def test_scoring_applies_what_is_stored_and_twice_the_same() -> None:
    rows = frame(shop(200), 200)
    made = artefact(train(rows, ["b", "c"]))
    again = pickle.loads(pickle.dumps(made))
    task = SalesForecast(SMALL)
    pd.testing.assert_frame_equal(task.predict(made, rows), task.predict(again, rows))
    one, other = train(rows, ["b", "c"]), train(rows, ["b", "c"])
    assert one.evaluations == other.evaluations
    assert task.decide(None, None, one).kind == "first"  # type: ignore[arg-type]
    assert task.decide(made, None, one).kind == "promoted"  # type: ignore[arg-type]


def test_a_day_that_was_not_over_is_left_out() -> None:
    rows = frame(shop(200), 200, minute=17 * 60)
    last = (rows["series_level"] == "total") & (
        rows["sales_date"] == FIRST + pd.Timedelta(days=199)
    )
    early = rows.copy()
    early.loc[last, ["last_order_minute", "net_revenue_amount"]] = [11 * 60, 1.0]
    as_of = rows["as_of_date"].iloc[0]
    assert is_last_day_over(rows, as_of)
    assert not is_last_day_over(early, as_of)
    said = forecast(early, ["b"])
    total = said[(said["series_level"] == "total") & (said["grain"] == "day")]
    assert total["target_date"].min() == as_of
    assert len(amounts(said, "total", "week")) == 13


def test_orders_without_times_never_make_a_day_unfinished() -> None:
    rows = frame(shop(200), 200, minute=0)
    assert is_last_day_over(rows, rows["as_of_date"].iloc[0])


def test_sales_of_the_day_itself_and_later_are_not_looked_at() -> None:
    rows = frame(shop(200), 200)
    late = (
        rows[rows["series_level"] == "total"]
        .tail(1)
        .assign(sales_date=rows["as_of_date"].iloc[0], net_revenue_amount=1e6)
    )
    planted = pd.concat([rows, late], ignore_index=True)
    pd.testing.assert_frame_equal(forecast(rows, ["b"]), forecast(planted, ["b"]))


def test_a_late_order_changes_the_forecast() -> None:
    rows = frame(shop(200), 200)
    late = rows.copy()
    day = (late["sales_date"] == FIRST + pd.Timedelta(days=190)) & (late["series_level"] == "total")
    late.loc[day, "net_revenue_amount"] += 500.0
    assert not forecast(rows, ["b"]).equals(forecast(late, ["b"]))


def test_a_typo_in_the_configuration_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_product"):
        ForecastConfig(max_product=3)  # type: ignore[call-arg]
