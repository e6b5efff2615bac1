"""Parts that add up, rounding, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from ml.forecast.intervals import bounds, ends_of, quantiles, week_sums
from ml.forecast.reconcile import reconcile, round_parts


def test_the_gap_goes_to_the_less_certain_part() -> None:
    parts = np.array([[50.0], [50.0]])
    moved = reconcile(parts, np.array([110.0]), np.array([1.0, 9.0]))
    assert moved == pytest.approx(np.array([[51.0], [59.0]]))


def test_no_part_falls_below_zero() -> None:
    parts = np.array([[1.0], [50.0], [50.0]])
    moved = reconcile(parts, np.array([40.0]), np.array([100.0, 1.0, 1.0]))
    assert moved[:, 0] == pytest.approx([0.0, 20.0, 20.0])


def test_parts_that_say_nothing_share_by_what_they_say_otherwise() -> None:
    parts = np.array([[0.0, 3.0], [0.0, 1.0]])
    moved = reconcile(parts, np.array([8.0, 4.0]), np.array([1.0, 1.0]))
    assert moved[:, 0] == pytest.approx([6.0, 2.0])
    nothing = reconcile(np.zeros((2, 1)), np.array([8.0]), np.zeros(2))
    assert nothing[:, 0] == pytest.approx([4.0, 4.0])


def test_a_total_of_nothing_leaves_nothing() -> None:
    assert (reconcile(np.array([[5.0], [2.0]]), np.zeros(1), np.ones(2)) == 0).all()


def test_cents_go_to_the_largest_remainders() -> None:
    parts = np.full((3, 1), 10 / 3)
    rounded = round_parts(parts, np.array([10.0]))
    assert rounded[:, 0].tolist() == [3.34, 3.33, 3.33]
    assert round(rounded.sum(), 2) == 10.0


@pytest.mark.parametrize("seed", range(5))
def test_random_parts_add_up_to_the_cent(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = rng.lognormal(3, 2, (40, 30)) * (rng.random((40, 30)) < 0.4)
    total = np.round(rng.lognormal(6, 1, 30), 2)
    rounded = round_parts(reconcile(parts, total, rng.lognormal(0, 3, 40)), total)
    cents = np.rint(rounded * 100)
    assert np.abs(rounded * 100 - cents).max() < 1e-6
    assert (cents.sum(axis=0) == np.rint(total * 100)).all()
    assert (rounded >= 0).all()


def test_weeks_are_whole_calendar_weeks() -> None:
    days = np.arange(1.0, 18.0)
    assert week_sums(days, first_weekday=5).tolist() == [sum(range(3, 10)), sum(range(10, 17))]
    assert week_sums(days, first_weekday=0).tolist() == [sum(range(1, 8)), sum(range(8, 15))]


def test_quantiles_hold_their_share_of_one_more_error() -> None:
    low, high, lowest, highest = quantiles(np.arange(1.0, 40.0))
    assert (low, high) == (4.0, 36.0)  # of 40 gaps: 4 below, 4 above
    assert (lowest, highest) == (1.0, 39.0)


def test_intervals_come_from_the_errors_of_the_stretch() -> None:
    said = np.full((40, 1, 14), 10.0)
    actual = said * np.where(np.arange(14) < 7, 1.5, 2.0)
    found = bounds(said, actual, np.zeros((40, 1)), np.array(["g"]), (7, 14))
    ends = ends_of(np.full((1, 14), 100.0), np.zeros(1), found.factors, found.stretches)
    assert ends[0, 0].tolist() == [100.0, 150.0, 100.0, 150.0]
    assert ends[0, 13, 1] == 200.0


def test_a_closed_day_has_an_interval_of_nothing() -> None:
    factors = np.full((1, 1, 4), 2.0)
    assert (ends_of(np.zeros((1, 3)), np.ones(1), factors, (7,)) == 0).all()


def test_a_series_with_few_errors_takes_those_of_its_kind() -> None:
    said = np.full((8, 3, 1), 10.0)
    actual = said * np.array([1.0, 1.0, 3.0])[None, :, None]
    found = bounds(said, actual, np.zeros((8, 3)), np.array(["a", "a", "b"]), (1,))
    assert found.factors[0, 0, 1] == 1.0
    assert np.isnan(found.factors[2]).all()  # eight errors of one series are too few
