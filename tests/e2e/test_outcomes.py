"""What became of past scores, counted once more by hand, on the sample shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from tests.e2e.home import NO_UNIT_TESTS, Home
from warehouse.bulk import append_frame, read_frame
from warehouse.connect import connect

TABLES = ("customer_churn_scores", "customer_clv_scores")
# No first of a month: a day that has no labels.
DAY = date(2024, 10, 15)
HORIZON = 60
MONTHS = 3
END_OF_MONTHS = date(2025, 1, 15)
OPEN_DAY = date(2025, 6, 20)
BUILD = ("build", "-s", "churn_outcomes+", "value_outcomes+", *NO_UNIT_TESTS)


def planted(home: Home, day: date) -> pd.DataFrame:
    """Scores of everybody who had ordered before the day, with many that are equal."""
    frame = read_frame(
        home.settings,
        "select distinct customer_id, source_name from intermediate.int_sales__order_history "
        "where order_date < $1 order by customer_id",
        (day,),
    )
    rng = np.random.default_rng(7)
    frame["as_of_date"] = day
    frame["churn_probability"] = rng.beta(2, 2, len(frame)).round(2)
    frame["expected_net_revenue_amount"] = rng.gamma(1, 50, len(frame)).round(4)
    frame["model_name"], frame["model_version"] = "planted", "planted"
    frame["run_id"] = f"planted-{day}"
    # Long ago: the newest run of each task stays the newest.
    frame["scored_at"] = pd.Timestamp("2000-01-01")
    return frame


def append(home: Home, scores: pd.DataFrame) -> None:
    churn = scores.drop(columns="expected_net_revenue_amount").assign(horizon_days=HORIZON)
    value = scores.drop(columns="churn_probability").assign(horizon_months=MONTHS)
    value["expected_order_count"], value["alive_probability"] = 1.0, 0.5
    value["expected_net_revenue_lower_amount"] = 0.0
    value["expected_net_revenue_upper_amount"] = 2 * value["expected_net_revenue_amount"]
    with connect(home.settings) as conn:
        append_frame(conn, "ml.customer_churn_scores", churn)
        append_frame(conn, "ml.customer_clv_scores", value)


@pytest.fixture(scope="module")
def past(sample_home: Home) -> Iterator[pd.DataFrame]:
    """The planted scores of a past day; those of an open window are planted too."""
    scores = planted(sample_home, DAY)
    append(sample_home, scores)
    append(sample_home, planted(sample_home, OPEN_DAY))
    sample_home.dbt(*BUILD)
    yield scores
    for table in TABLES:
        sample_home.execute(f"delete from ml.{table} where model_version = 'planted'")
    sample_home.dbt(*BUILD)


def bought(home: Home, until: date) -> pd.Series:
    """Net revenue of each customer who bought from the day on and before `until`."""
    frame = read_frame(
        home.settings,
        "select customer_id, sum(net_revenue_amount)::float as net from marts.fct_orders "
        "where order_date >= $1 and order_date < $2 and customer_id is not null group by 1",
        (DAY, until),
    )
    return frame.set_index("customer_id")["net"]


def performance(home: Home, task: str) -> pd.DataFrame:
    """The planted rows of monitoring.model_performance by bucket."""
    frame = read_frame(
        home.settings,
        "select * from monitoring.model_performance "
        "where task_name = $1 and model_version = 'planted' order by as_of_date, bucket_name",
        (task,),
    )
    numbers = frame.columns[
        frame.columns.get_loc("customer_count") : frame.columns.get_loc("interval_coverage") + 1
    ]
    frame[numbers] = frame[numbers].astype("float64")
    assert [day.date() for day in pd.to_datetime(frame["as_of_date"]).unique()] == [DAY]
    return frame.set_index("bucket_name")


def test_churn_scores_of_the_past_are_held_against_what_happened(
    sample_home: Home, past: pd.DataFrame
) -> None:
    found = performance(sample_home, "churn")
    end = DAY + timedelta(days=HORIZON)
    left = ~past["customer_id"].isin(bought(sample_home, end).index)
    p = past["churn_probability"]
    whole = found.loc["all"]
    assert whole["customer_count"] == len(past) > 1000
    assert whole["roc_auc"] == pytest.approx(roc_auc_score(left, p), abs=1e-6)
    assert whole["brier_score"] == pytest.approx(brier_score_loss(left, p), abs=1e-6)
    assert whole["calibration_gap"] == pytest.approx((p - left).mean(), abs=1e-6)
    assert whole["calibration_gap_standard_error"] == pytest.approx((p - left).sem(), abs=1e-6)
    high = (p >= 0.6) & (p < 0.8)
    assert found.loc["high", "customer_count"] == high.sum()
    assert found.loc["high", "predicted_mean"] == pytest.approx(p[high].mean(), abs=1e-6)
    assert found.loc["high", "observed_mean"] == pytest.approx(left[high].mean(), abs=1e-6)
    assert set(found.index) == {"all", "low", "medium", "high", "critical"}


def test_values_of_the_past_are_held_against_what_was_spent(
    sample_home: Home, past: pd.DataFrame
) -> None:
    found = performance(sample_home, "clv")
    expected = past["expected_net_revenue_amount"]
    spent = past["customer_id"].map(bought(sample_home, END_OF_MONTHS)).fillna(0.0)
    whole = found.loc["all"]
    assert whole["customer_count"] == len(past)
    assert found[["roc_auc", "brier_score"]].isna().all(axis=None)
    assert whole["calibration_gap"] == pytest.approx((expected - spent).mean(), abs=1e-5)
    assert whole["mean_absolute_error_amount"] == pytest.approx(
        (expected - spent).abs().mean(), abs=1e-5
    )
    assert whole["interval_coverage"] == pytest.approx((spent <= 2 * expected).mean(), abs=1e-5)
    top = expected.rank(method="first").gt(len(past) - len(past) // 5)
    assert found.loc["fifth 5", "observed_mean"] == pytest.approx(spent[top].mean(), abs=1e-5)


def index_of(then: pd.Series, now: pd.Series) -> float:
    """The population stability index of a feature, in numpy."""
    known = np.sort(then.dropna().to_numpy())
    if then.dtype == "float64":
        tenths = [part for part in np.array_split(known, 10)[:9] if len(part)]
        cuts = np.array([part[-1] for part in tenths])
        then, now = (
            side.dropna().map(lambda value: str(np.searchsorted(cuts, value))).reindex(side.index)
            for side in (then, now)
        )
    counts = [side.fillna("unknown").value_counts() for side in (then, now)]
    table = pd.concat(counts, axis=1).fillna(0.0).to_numpy() + 0.5
    shares = table / table.sum(axis=0)
    gaps = (shares[:, 1] - shares[:, 0]) * np.log(shares[:, 1] / shares[:, 0])
    return float(gaps.sum())


def test_drift_is_the_index_of_every_feature(sample_home: Home) -> None:
    drift = read_frame(sample_home.settings, "select * from monitoring.feature_drift")
    then, now = (
        read_frame(
            sample_home.settings,
            "select * from features.ftr_customers where source_name = 'sample' and as_of_date = $1",
            (drift[day].iloc[0].date(),),
        )
        for day in ("reference_date", "as_of_date")
    )
    assert then["as_of_date"].iloc[0] < now["as_of_date"].iloc[0]
    learned = read_frame(
        sample_home.settings,
        "select trained_as_of_date from predictions.model_versions "
        "where task_name = 'churn' and source_name = 'sample' and is_champion",
    )
    assert drift["reference_date"].unique().tolist() == learned["trained_as_of_date"].tolist()
    keys = {"as_of_date", "customer_id", "source_name"}
    assert len(drift) > 25
    for row in drift.itertuples():
        assert row.feature_name not in keys
        sides = [frame[row.feature_name] for frame in (then, now)]
        if sides[0].dtype.kind in "if":
            sides = [side.astype("float64") for side in sides]
            assert np.isclose(row.mean, sides[1].mean(), atol=1e-4, equal_nan=True)
        assert row.population_stability_index == pytest.approx(index_of(*sides), abs=1e-4)
        assert [row.reference_customer_count, row.customer_count] == [len(then), len(now)]
        assert row.unknown_share == pytest.approx(sides[1].isna().mean(), abs=1e-4)
    # The shop has grown older, and nobody has forgotten which weekday it is.
    level = drift.set_index("feature_name")["drift_level"]
    assert level["days_since_first_order"] != "small"
    assert level["weekend_order_share"] == "small"
