"""The alarm for what is too good to be true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml import leaks
from ml.leaks import LeakSuspected

ROWS = 2_000


@pytest.fixture(scope="module")
def outcome() -> np.ndarray:
    return np.random.default_rng(3).random(ROWS) < 0.3


@pytest.fixture(scope="module")
def frame(outcome: np.ndarray) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "noise": rng.normal(size=ROWS),
            "helpful": outcome + rng.normal(scale=1.5, size=ROWS),
            # Neither high nor low: only the odd number -1, or only null, gives the outcome away.
            "odd_number": np.where(outcome, 50.0, rng.uniform(0, 100, ROWS)),
            "null_if_churned": np.where(outcome, np.nan, rng.normal(size=ROWS)),
            "flag": np.where(outcome, 1.0, rng.random(ROWS) < 0.1),
            "nothing": np.nan,
            "reason": np.where(outcome, rng.choice(["moved", "price"], ROWS), "none"),
            "own_name": [f"customer {number}" for number in range(ROWS)],
        }
    )


def aucs(frame: pd.DataFrame, outcome: np.ndarray) -> dict[str, float]:
    words = ["reason", "own_name"]
    numbers = [name for name in frame if name not in words]
    return leaks.single_feature_aucs(frame, outcome, numbers, words)


def test_what_gives_the_outcome_away_is_found_in_whatever_form(
    frame: pd.DataFrame, outcome: np.ndarray
) -> None:
    found = aucs(frame, outcome)
    assert set(list(found)[:4]) == {"reason", "null_if_churned", "odd_number", "flag"}
    assert min(found["reason"], found["null_if_churned"]) > 0.99
    assert min(found["odd_number"], found["flag"]) > 0.9


def test_a_value_per_row_noise_and_nothing_give_nothing_away(
    frame: pd.DataFrame, outcome: np.ndarray
) -> None:
    found = aucs(frame, outcome)
    assert found["own_name"] == found["nothing"] == 0.5
    assert abs(found["noise"] - 0.5) < 0.05
    assert 0.6 < found["helpful"] < 0.8


def test_a_feature_above_the_ceiling_stops_and_is_named_alone() -> None:
    with pytest.raises(LeakSuspected, match=r"final_bill has AUC 0\.970 alone, more than 0\.95"):
        leaks.check_single_features({"final_bill": 0.97, "tenure": 0.95}, 0.95, "churn of a")
    leaks.check_single_features({"tenure": 0.95}, 0.95, "churn of a")


def test_a_model_above_the_ceiling_stops_and_the_strongest_features_are_named() -> None:
    alone = {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.6}
    with pytest.raises(LeakSuspected, match=r"AUC 0\.8700 is more than 0\.86") as stopped:
        leaks.check_model(0.87, 0.86, alone, "churn of a")
    assert "a has AUC 0.900, b has AUC 0.800, c has AUC 0.700;" in stopped.value.message
    leaks.check_model(0.86, 0.86, alone, "churn of a")
