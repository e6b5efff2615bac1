import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from ml import metrics

OUTCOME = np.array([True, False, True, True, False, False, True, False, False, True])
PROBABILITY = np.array([0.9, 0.2, 0.6, 0.6, 0.6, 0.1, 0.3, 0.3, 0.5, 0.7])


def test_metrics_equal_the_reference_implementation() -> None:
    assert metrics.roc_auc(OUTCOME, PROBABILITY) == pytest.approx(
        roc_auc_score(OUTCOME, PROBABILITY)
    )
    assert metrics.brier_score(OUTCOME, PROBABILITY) == pytest.approx(
        brier_score_loss(OUTCOME, PROBABILITY)
    )
    assert metrics.log_loss(OUTCOME, PROBABILITY) == pytest.approx(
        sklearn_log_loss(OUTCOME, PROBABILITY)
    )


@settings(deadline=None)  # a busy machine is no error
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.9])), min_size=2))
def test_auc_with_ties_equals_the_reference(rows: list[tuple[bool, float]]) -> None:
    outcome = np.array([row[0] for row in rows])
    probability = np.array([row[1] for row in rows])
    auc = metrics.roc_auc(outcome, probability)
    if outcome.all() or not outcome.any():
        assert np.isnan(auc)
    else:
        assert auc == pytest.approx(roc_auc_score(outcome, probability))


def test_lift_is_one_for_a_constant_and_full_for_a_perfect_score() -> None:
    outcome = np.arange(100) < 20
    assert metrics.top_decile_lift(outcome, np.full(100, 0.3)) == pytest.approx(1.0)
    assert metrics.top_decile_lift(outcome, outcome.astype(float)) == pytest.approx(5.0)


def test_lift_does_not_depend_on_the_order_of_rows() -> None:
    order = np.array([3, 1, 4, 0, 5, 9, 2, 6, 8, 7])
    assert metrics.top_decile_lift(OUTCOME[order], PROBABILITY[order]) == pytest.approx(
        metrics.top_decile_lift(OUTCOME, PROBABILITY)
    )


def test_calibration_error_is_the_distance_of_rates() -> None:
    outcome = np.arange(1000) % 2 == 0
    assert metrics.expected_calibration_error(outcome, np.full(1000, 0.5)) == pytest.approx(0)
    assert metrics.expected_calibration_error(outcome, np.full(1000, 0.8)) == pytest.approx(0.3)


def test_log_loss_survives_certainty() -> None:
    assert np.isfinite(metrics.log_loss(np.array([True, False]), np.array([0.0, 1.0])))


@settings(deadline=None)  # a busy machine is no error
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.integers(0, 3)),
        min_size=1,
    )
)
@pytest.mark.parametrize("name", [*metrics.CLASSIFICATION, *metrics.REGRESSION])
def test_a_weight_counts_as_so_many_rows(name: str, rows: list[tuple[bool, float, int]]) -> None:
    measure = {**metrics.CLASSIFICATION, **metrics.REGRESSION}[name]
    # In the order of the prediction, so that bins cut ties at the same place.
    rows = sorted(rows, key=lambda row: row[1])
    outcome = np.array([row[0] for row in rows])
    if name in metrics.REGRESSION:
        outcome = outcome * 7.0
    said = np.array([row[1] for row in rows])
    weights = np.array([row[2] for row in rows])
    found = measure.function.of_samples(
        outcome, said, np.column_stack([weights, np.ones(len(rows))]).astype(float)
    )
    drawn = np.repeat(np.arange(len(rows)), weights)
    expected = [measure.function(outcome[drawn], said[drawn]), measure.function(outcome, said)]
    assert found == pytest.approx(expected, nan_ok=True)


VALUES = np.array([0.0, 0.0, 10.0, 20.0, 0.0, 50.0, 5.0, 5.0, 0.0, 10.0])
SAID = np.array([1.0, 0.0, 12.0, 10.0, 2.0, 30.0, 6.0, 4.0, 1.0, 14.0])


def test_errors_of_amounts() -> None:
    assert metrics.mean_absolute_error(VALUES, SAID) == pytest.approx(4.2)
    assert metrics.total_ratio(VALUES, SAID) == pytest.approx(0.8)
    assert metrics.spearman(VALUES, SAID) == pytest.approx(scipy.stats.spearmanr(VALUES, SAID)[0])
    assert np.isnan(metrics.spearman(VALUES, np.ones(10)))


def test_gini_is_one_for_the_own_order_and_nothing_for_a_constant() -> None:
    assert metrics.normalised_gini(VALUES, VALUES * 3) == pytest.approx(1.0)
    assert metrics.normalised_gini(VALUES, -VALUES) == pytest.approx(-1.0)
    assert metrics.normalised_gini(VALUES, np.ones(10)) == pytest.approx(0.0)


def test_gini_equals_the_area_under_the_curve() -> None:
    # By hand: cumulated shares of [1, 0, 3] in falling order of prediction are 3/4, 4/4, 4/4.
    outcome, said = np.array([1.0, 0.0, 3.0]), np.array([0.5, 0.1, 0.9])
    assert metrics.normalised_gini(outcome, said) == pytest.approx(1.0)
    worse = np.array([0.9, 0.1, 0.5])
    # Shares 1/4, 4/4, 4/4 against 3/4, 4/4, 4/4: (9/4 - 2) / (11/4 - 2).
    assert metrics.normalised_gini(outcome, worse) == pytest.approx((9 / 4 - 2) / (11 / 4 - 2))


def test_the_top_decile_holds_its_share() -> None:
    assert metrics.top_decile_share(VALUES, SAID) == pytest.approx(0.5)
    assert metrics.top_decile_share(VALUES, np.ones(10)) == pytest.approx(0.1)
    assert np.isnan(metrics.top_decile_share(np.zeros(10), SAID))
