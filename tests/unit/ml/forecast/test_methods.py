"""Each method on series whose forecast can be told by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.forecast import library, local
from ml.forecast.known import open_days
from ml.forecast.local import View
from ml.forecast.methods import INTERMITTENT, REGULAR, YOUNG, kinds
from tests.unit.ml.forecast.shop import panel

WEEK = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0])


def test_days_that_repeat_are_repeated_by_every_method() -> None:
    view = View(panel(np.tile(WEEK, 20)), 14)
    expected = np.tile(WEEK, 2)
    for method in (
        local.seasonal_naive,
        lambda v: local.weekday_mean(v, 4),
        lambda v: local.level_mean(v, 4),
        local.damped_trend,
        library.tsb,
        library.imapa,
    ):
        assert method(view)[0] == pytest.approx(expected, abs=1e-6)


def test_the_weekday_mean_is_of_the_last_open_days() -> None:
    values = np.tile(WEEK, 10)
    values[-7] = 0.0  # the last Monday, which otherwise trades: the shop was closed
    values[-14] = 3.0
    assert local.weekday_mean(View(panel(values), 7), 2)[0, 0] == pytest.approx((3 + 1) / 2)


def test_a_week_of_which_a_part_was_closed_is_read_as_a_whole_one() -> None:
    values = np.tile(np.full(7, 10.0), 10)
    values[-7:-4] = 0.0
    assert View(panel(values), 7).weeks[0, -1] == pytest.approx(70)


def test_days_before_the_first_whole_week_are_no_week() -> None:
    values = np.full(7 * 10 + 3, 10.0)
    assert View(panel(values), 7).weeks[0] == pytest.approx(np.full(10, 70.0))


def test_a_week_of_which_most_was_closed_says_nothing() -> None:
    values = np.tile(np.full(7, 10.0), 10)
    values[-7:-2] = 0.0
    view = View(panel(values), 7)
    assert np.isnan(view.weeks[0, -1])
    assert local.level_mean(view, 4)[0] == pytest.approx(np.full(7, 10.0))


def test_a_trend_is_followed_and_dies_out() -> None:
    weekly = 100 * 1.05 ** np.arange(30)
    said = local.damped_trend(View(panel(np.repeat(weekly / 7, 7)), 91))[0]
    sums = said.reshape(13, 7).sum(axis=1)
    growth = sums[1:] / sums[:-1]
    assert sums[0] > weekly[-1]
    assert np.all(np.diff(growth) < 0)
    assert growth[-1] < 1.02


def test_the_mean_since_the_first_sale_forgets_the_days_before() -> None:
    values = np.concatenate([np.zeros(60), np.full(14, 3.0)])
    shop = np.full(74, 10.0)
    view = View(panel([shop, values], levels=("total", "product"), keys=("all", "p")), 7)
    assert local.mean_since_first_sale(view)[1] == pytest.approx(np.full(7, 3.0))


def test_a_weekday_without_sales_for_eight_weeks_is_closed() -> None:
    values = np.tile(WEEK, 9)
    assert open_days(panel(values), 7).future.tolist() == [True] * 6 + [False]
    values[-8 * 7 + 6] = 1.0
    assert open_days(panel(values), 7).future.all()


def test_holidays_are_closed_only_where_the_shop_was_closed_on_them() -> None:
    values = np.tile(WEEK, 30)
    shop = panel(values)
    holidays = shop.holidays.copy()
    holidays[[70, 105, 140, len(values)]] = True
    shop = panel(values)
    object.__setattr__(shop, "holidays", holidays)
    assert open_days(shop, 7).future[0]
    shop.values[0, [70, 105, 140]] = 0.0
    closed = open_days(shop, 7)
    assert closed.holidays_closed
    assert not closed.future[0]
    assert not closed.past[70]
    assert open_days(shop.until(130), 7).holidays_closed is False


def test_declared_closures_are_closed() -> None:
    shop = panel(np.tile(WEEK, 10))
    shop.closures[72] = True
    assert not open_days(shop, 7).future[2]


def test_kinds_of_series() -> None:
    shop = np.full(210, 10.0)
    seldom, young = np.zeros(210), np.zeros(210)
    seldom[::10], young[-20:] = 5.0, 5.0
    found = kinds(
        panel(
            [shop, shop, seldom, young, np.zeros(210)],
            levels=("total", *["product"] * 4),
            keys=("all", "a", "b", "c", "d"),
        )
    )
    assert found == [REGULAR, REGULAR, INTERMITTENT, YOUNG, INTERMITTENT]


def test_negative_days_count_as_days_without_sales() -> None:
    values = np.tile(np.full(7, 10.0), 10)
    values[-3] = -500.0
    for method in (local.seasonal_naive, local.damped_trend, library.croston_sba):
        assert (method(View(panel(values), 14)) >= 0).all()


def test_the_library_is_not_asked_for_what_has_no_spread() -> None:
    zeros = np.zeros(140)
    shop = panel([np.full(140, 9.0), zeros], levels=("total", "product"), keys=("all", "p"))
    assert (library.tsb(View(shop, 7))[1] == 0).all()
    assert library.auto_ets(View(shop, 7))[0] == pytest.approx(np.full(7, 9.0))
