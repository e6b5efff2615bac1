"""Choice by origins of the past, and nothing of the future."""

from __future__ import annotations

import numpy as np
import pytest

from ml.forecast import learned
from ml.forecast.choice import choose, combine, procedure
from ml.forecast.measure import evaluations
from ml.forecast.rolling import losses, origins_of, roll
from tests.unit.ml.forecast.shop import SMALL, panel

DAYS = 7 * 30


def noisy(days: int = DAYS, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    week = np.array([5.0, 6.0, 7.0, 8.0, 9.0, 4.0, 3.0])
    return np.resize(week, days) * rng.lognormal(0, 0.3, days) * 100


def rolled(values: np.ndarray):
    shop = panel(
        values,
        levels=("total",) if values.ndim == 1 else ("total", "country"),
        keys=("all",) if values.ndim == 1 else ("all", "FR"),
    )
    known = learned.examples(shop, SMALL.horizon)
    return roll(shop, SMALL, known)


def test_origins_leave_the_judged_days_and_have_a_past() -> None:
    found = origins_of(DAYS, SMALL)
    assert found[0] == DAYS - 28
    assert (np.diff(found) == -14).all()
    assert found[-1] >= SMALL.least_origin_days
    assert len(origins_of(60, SMALL)) == 0


def test_what_comes_later_changes_no_forecast() -> None:
    values = noisy()
    later = values.copy()
    later[DAYS - 28 :] *= 7
    one, other = rolled(values), rolled(later)
    assert one.origins.tolist() == other.origins.tolist()
    assert np.array_equal(one.said[:, :], other.said[:, :], equal_nan=True)
    # Nor does the choice at the newest origin, whose days are the ones that changed.
    assert np.array_equal(procedure(one, SMALL)[0], procedure(other, SMALL)[0])


def test_the_choice_is_by_origins_whose_days_are_over() -> None:
    rolling = rolled(noisy())
    loss = losses(rolling, SMALL)
    day = int(rolling.origins[0])
    spoiled = loss.copy()
    spoiled[:, rolling.origins + 28 > day] = 1e3 * np.arange(len(loss))[::-1, None, None]
    assert np.array_equal(choose(rolling, loss, day, SMALL), choose(rolling, spoiled, day, SMALL))
    weights = choose(rolling, loss, day, SMALL)[:, 0]
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).sum() == SMALL.members


def test_the_best_methods_of_the_past_are_chosen() -> None:
    rolling = rolled(noisy())
    loss = losses(rolling, SMALL)
    loss[:] = 1.0
    best = [
        rolling.names.index(name)
        for name in ("seasonal_naive", "linear_regression", "damped_trend")
    ]
    loss[best] = 0.5
    weights = choose(rolling, loss, DAYS, SMALL)[:, 0]
    assert sorted(np.flatnonzero(weights)) == sorted(best)


def test_a_member_that_is_silent_leaves_its_weight() -> None:
    said = np.array([[[2.0, 2.0]], [[np.nan, 4.0]]])
    weights = np.array([[0.5], [0.5]])
    assert combine(said, weights).tolist() == [[2.0, 3.0]]
    assert np.isnan(combine(said * np.nan, weights)).all()


def test_a_shop_without_noise_is_forecast_without_error() -> None:
    rolling = rolled(np.resize(np.array([5.0, 6, 7, 8, 9, 4, 3]) * 100, DAYS))
    found = {row.metric_name: row for row in evaluations(rolling, SMALL, None)}  # type: ignore[arg-type]
    assert found["wape"].metric_value == pytest.approx(0, abs=1e-4)
    assert found["coverage_80"].metric_value == 1.0


def test_evaluations_stand_beside_both_baselines() -> None:
    both = np.vstack([noisy(), noisy(seed=2) / 2])
    rows = evaluations(rolled(both), SMALL, None)  # type: ignore[arg-type]
    champion = {(row.metric_name, row.baseline_name) for row in rows if row.is_champion}
    assert {("mase", "seasonal naive"), ("wape", "four-week weekday mean")} <= champion
    assert ("country_weekly_wape", "four-week weekday mean") in champion
    keys = [(row.model_name, row.metric_name, row.baseline_name) for row in rows]
    assert len(keys) == len(set(keys))
    assert all(row.ci_lower - 1e-9 <= row.metric_value <= row.ci_upper + 1e-9 for row in rows)
    assert "3 rolling origins" in rows[0].protocol
