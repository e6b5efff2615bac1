from dataclasses import replace

import numpy as np
import pytest

from ml.heldout import HeldOut, coverage, joined, measured, metric_values, resampled
from ml.metrics import CLASSIFICATION, Estimate, Measure, brier_score, mean_absolute_error

MAE = Measure(mean_absolute_error, higher_is_better=False)
POOLED = replace(MAE, pooled=True)


def part(outcome: list[float], said: list[float]) -> HeldOut:
    zeros = np.zeros(len(outcome), dtype=np.int64)
    return HeldOut(np.array(outcome), zeros, zeros, {"m": np.array(said)})


def test_parts_are_put_together_by_customer() -> None:
    held = joined([part([1.0, 2.0], [0.0, 0.0]), part([3.0], [0.0])], [["a", "b"], ["b"]])
    assert held.part.tolist() == [0, 0, 1]
    assert held.entity.tolist() == [0, 1, 1]
    assert held.outcome.tolist() == [1.0, 2.0, 3.0]
    assert held.only_part(1).outcome.tolist() == [3.0]


def test_a_metric_of_parts_is_their_mean_unless_pooled() -> None:
    held = joined([part([1.0, 1.0, 1.0], [0.0] * 3), part([5.0], [0.0])], [["a", "b", "c"], ["a"]])
    # Once each; the second without the row that is the second part; the third without any.
    weights = np.array([[1.0, 1, 0]] * 3 + [[1.0, 0, 0]])
    found = metric_values(held, MAE, held.named("m"), weights)
    assert found == pytest.approx([(1 + 5) / 2, 1, np.nan], nan_ok=True)
    found = metric_values(held, POOLED, held.named("m"), weights)
    assert found == pytest.approx([8 / 4, 1, np.nan], nan_ok=True)


def test_a_resampled_customer_brings_all_rows() -> None:
    parts = [part([0.0] * 3, [0.0] * 3), part([0.0] * 2, [0.0] * 2)]
    held = joined(parts, [["a", "b", "c"], ["b", "c"]])
    drawn = list(resampled(held, 50))
    assert sum(weights.shape[1] for weights in drawn) == 50
    for counts in np.concatenate(drawn, axis=1).T:
        # Rows 1 and 3 are those of b, 2 and 4 those of c.
        assert counts[1] == counts[3]
        assert counts[2] == counts[4]
        assert counts[0] + counts[1] + counts[2] == 3


def test_customers_with_one_row_are_resampled_as_rows_are() -> None:
    rng = np.random.default_rng(1)
    probability = rng.random(300)
    outcome = rng.random(300) < probability
    zeros = np.zeros(300, dtype=np.int64)
    held = HeldOut(outcome, zeros, np.arange(300), {"m": probability})
    found = measured(held, CLASSIFICATION["brier_score"], ["m"], 100, seed=7).estimate("m")
    draw = np.random.default_rng(7)
    rows = [draw.integers(0, 300, 300) for _ in range(100)]
    samples = [brier_score(outcome[drawn], probability[drawn]) for drawn in rows]
    ends = np.quantile(samples, [0.025, 0.975])
    assert (found.lower, found.upper) == pytest.approx(tuple(ends))
    assert found.value == brier_score(outcome, probability)


def one_row_each(outcome: np.ndarray, said: np.ndarray) -> HeldOut:
    zeros = np.zeros(outcome.size, dtype=np.int64)
    return HeldOut(outcome, zeros, np.arange(outcome.size), {"m": said})


def test_the_interval_holds_the_value_and_shrinks_with_the_sample() -> None:
    rng = np.random.default_rng(5)
    widths = []
    for size in (200, 3200):
        probability = rng.random(size)
        held = one_row_each(rng.random(size) < probability, probability)
        found = measured(held, CLASSIFICATION["roc_auc"], ["m"], 200).estimate("m")
        assert found.lower < found.value < found.upper
        widths.append(found.upper - found.lower)
    # Sixteen times the rows: a quarter of the width, within sampling error.
    assert widths[1] == pytest.approx(widths[0] / 4, rel=0.5)


def test_the_interval_is_as_wide_as_theory_says() -> None:
    rng = np.random.default_rng(8)
    probability = rng.random(4000)
    outcome = rng.random(4000) < probability
    errors = (probability - outcome) ** 2
    theory = 2 * 1.96 * errors.std() / np.sqrt(errors.size)
    held = one_row_each(outcome, probability)
    found = measured(held, CLASSIFICATION["brier_score"], ["m"], 400).estimate("m")
    assert found.upper - found.lower == pytest.approx(theory, rel=0.15)


def test_resamples_do_not_depend_on_how_many_are_measured_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(9)
    probability = rng.random(50)
    held = one_row_each(rng.random(50) < probability, probability)
    found: list[Estimate] = []
    for cells in (1, 350, 1_000_000):
        monkeypatch.setattr("ml.heldout.CELLS_AT_ONCE", cells)
        found.append(measured(held, CLASSIFICATION["roc_auc"], ["m"], 30).estimate("m"))
    assert found[0] == found[1] == found[2]


def test_rows_of_one_customer_do_not_make_the_interval_narrower() -> None:
    rng = np.random.default_rng(2)
    probability = rng.random(200)
    outcome = rng.random(200) < probability
    once = HeldOut(outcome, np.zeros(200, np.int64), np.arange(200), {"m": probability})
    names = list(range(200))
    many = joined([once, once, once, once], [names] * 4)
    widths = []
    for held in (once, many):
        found = measured(held, CLASSIFICATION["brier_score"], ["m"], 300).estimate("m")
        widths.append(found.upper - found.lower)
    assert widths[1] == pytest.approx(widths[0], rel=0.01)


def test_differences_are_paired() -> None:
    rng = np.random.default_rng(3)
    outcome = rng.normal(size=400)
    noise = rng.normal(size=400)
    zeros = np.zeros(400, np.int64)
    said = {"a": outcome + noise, "b": outcome + noise * 1.1}
    result = measured(HeldOut(outcome, zeros, np.arange(400), said), MAE, ["a", "b"], 200)
    gain = result.difference("a", "b")
    # Each alone is known to about 0.06 only, their difference to a tenth of that.
    assert gain.upper < 0
    assert result.estimate("a").upper > result.estimate("b").lower


def test_coverage_counts_outcomes_inside() -> None:
    outcome = np.array([0.0, 1.0, 2.0, 3.0])
    zeros = np.zeros(4, np.int64)
    ends = np.array([[0.0, 0.5], [1.5, 2.0], [1.0, 3.0], [3.0, 3.0]])
    held = HeldOut(outcome, zeros, np.arange(4), {"m": outcome}, intervals={"m": ends})
    assert coverage(held, "m", 100).value == pytest.approx(0.75)
