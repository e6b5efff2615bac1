"""Forecasts of the sample shop, as the main job left them."""

from __future__ import annotations

from decimal import Decimal

from tests.e2e.home import Home

LATEST = "from predictions.sales_forecast where source_name = 'sample'"


def test_every_series_is_forecast_by_day_and_by_week(sample_home: Home) -> None:
    counts = {
        (level, grain): (series, steps, missing)
        for level, grain, series, steps, missing in sample_home.rows(
            "select series_level, grain, count(distinct series_key), "
            "count(distinct target_date), count(*) filter (where forecast_amount is null) "
            f"{LATEST} group by 1, 2"
        )
    }
    levels = {"total", "country", "category", "product"}
    assert set(counts) == {(level, grain) for level in levels for grain in ("day", "week")}
    assert all(missing == 0 for _, _, missing in counts.values())
    assert {counts[level, "week"][1] for level in levels} == {13}
    assert counts["total", "day"][1] >= 90
    assert counts["product", "day"][1] == 28
    assert counts["category", "day"][0] == 10


def test_parts_add_up_to_the_total_to_the_cent(sample_home: Home) -> None:
    sums = sample_home.rows(
        "select series_level, sum(forecast_amount) "
        f"{LATEST} and grain = 'week' group by 1 order by 1"
    )
    amounts = {amount for _, amount in sums}
    assert len(amounts) == 1
    assert amounts.pop() > Decimal(0)


def test_forecasts_begin_on_the_day_that_is_not_known(sample_home: Home) -> None:
    first, as_of, newest = sample_home.rows(
        f"select min(target_date), max(as_of_date), (select max(sales_date) "
        f"from features.ftr_sales_daily where source_name = 'sample') {LATEST} and grain = 'day'"
    )[0]
    assert first == as_of
    assert newest < as_of


def test_the_forecast_is_measured_beside_its_baselines(sample_home: Home) -> None:
    found = sample_home.rows(
        "select metric_name, baseline_name from predictions.model_evaluations "
        "where task_name = 'forecast' and is_champion"
    )
    assert ("wape", "four-week weekday mean") in found
    assert ("mase", "seasonal naive") in found
    assert ("coverage_80", "nominal") in found
