import numpy as np
import pandas as pd
import pytest

from ml import gate
from ml.gate import CHALLENGER, CHAMPION, Comparison, GateConfig, data_complaints, decide, profile
from ml.heldout import HeldOut
from ml.metrics import CLASSIFICATION
from tests.unit.ml.shop import CONTRACT, frame

LOSS = CLASSIFICATION["log_loss"]


def comparison(champion_noise: float, challenger_noise: float, shift: float = 0.0) -> Comparison:
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 1.5, 3000)
    outcome = rng.random(3000) < 1 / (1 + np.exp(-truth))
    blur = rng.normal(0, 1, 3000)

    def said(noise: float, by: float) -> np.ndarray:
        return 1 / (1 + np.exp(-(truth + by + noise * blur)))

    predictions = {CHAMPION: said(champion_noise, 0.0), CHALLENGER: said(challenger_noise, shift)}
    zeros = np.zeros(3000, np.int64)
    return Comparison(HeldOut(outcome, zeros, np.arange(3000), predictions), "as it scored")


def decision(found: Comparison, complaints: tuple[str, ...] = ()):
    return decide(found, "log_loss", LOSS, list(complaints), GateConfig(), 200, True)


def test_better_beyond_noise_is_promoted() -> None:
    found = decision(comparison(1.5, 0.0))
    assert found.kind == "promoted"
    assert "better beyond noise: log_loss" in found.reason
    assert "as it scored" in found.reason


@pytest.mark.parametrize("noise", [(0.5, 0.5), (0.0, 1.5)])
def test_the_same_and_the_worse_are_kept(noise: tuple[float, float]) -> None:
    found = decision(comparison(*noise))
    assert found.kind == "kept"
    assert "not better beyond noise" in found.reason


def test_better_by_luck_is_noise() -> None:
    rng = np.random.default_rng(7)
    outcome = rng.random(200) < 0.5
    said = {CHAMPION: np.full(200, 0.5), CHALLENGER: 0.5 + 0.02 * rng.normal(size=200)}
    # A guess that is right a little more often than not.
    said[CHALLENGER] += np.where(outcome, 0.002, -0.002)
    held = HeldOut(outcome, np.zeros(200, np.int64), np.arange(200), said)
    assert LOSS.function(outcome, said[CHALLENGER]) < LOSS.function(outcome, said[CHAMPION])
    assert decision(Comparison(held, "as it scored")).kind == "kept"


def test_better_but_worse_calibrated_is_kept() -> None:
    both = comparison(0.0, 0.0, shift=0.9)
    # The champion knows nothing, and that is well calibrated.
    rate = both.held.outcome.mean()
    both.held.predictions[CHAMPION] = np.full(len(both.held), rate)
    found = decision(both)
    assert found.kind == "kept"
    assert "worse calibrated" in found.reason


def test_data_that_look_wrong_are_kept_whatever_the_gain() -> None:
    found = decision(comparison(1.5, 0.0), ("country is null in 100% of rows, 0% before",))
    assert found.kind == "kept"
    assert "country is null" in found.reason


@pytest.mark.parametrize(("loss", "kind"), [(0.60, "first"), (0.69, "kept"), (0.70, "kept")])
def test_the_first_model_has_to_know_something(loss: float, kind: str) -> None:
    assert gate.first_decision(loss, 0.69, "log_loss", "base rate").kind == kind


def complaints(change) -> list[str]:
    rows = frame(["2024-01-01"])
    return data_complaints(profile(change(rows), CONTRACT), profile(rows, CONTRACT), GateConfig())


def test_the_same_data_are_fine() -> None:
    assert complaints(lambda rows: rows) == []
    assert complaints(lambda rows: rows.assign(order_count=rows["order_count"] + 1)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.head(100), "100 training rows, the champion had 300"),
        (lambda rows: rows.assign(country=None), "country is null in 100% of rows, 0% before"),
        (
            lambda rows: rows.assign(net_revenue_amount=rows["net_revenue_amount"] * 100),
            "median net_revenue_amount is",
        ),
    ],
)
def test_what_is_wrong_is_named(change, said: str) -> None:
    found = complaints(change)
    assert len(found) == 1
    assert said in found[0]


def test_a_profile_holds_no_extremes() -> None:
    rows = frame(["2024-01-01"])
    rows.loc[0, "net_revenue_amount"] = 1e9
    assert profile(rows, CONTRACT).numeric["net_revenue_amount"].high < 1e6


def test_a_feature_that_was_always_null_is_no_complaint() -> None:
    rows = frame(["2024-01-01"]).assign(mean_days_between_orders=np.nan)
    found = data_complaints(
        profile(frame(["2024-01-01"]), CONTRACT), profile(rows, CONTRACT), GateConfig()
    )
    assert found == []


def test_profiles_survive_json() -> None:
    one = profile(frame(["2024-01-01"]), CONTRACT)
    assert gate.DataProfile.model_validate_json(one.model_dump_json()) == one
    assert pd.notna(one.numeric["order_count"].median)


def test_a_feature_that_was_left_out_counts_as_null_in_all_rows() -> None:
    rows = frame(["2024-01-01"])
    emptied = rows.assign(net_revenue_amount=np.nan)
    kept = CONTRACT.known_in(emptied)
    said = data_complaints(
        profile(emptied, kept, ["net_revenue_amount"]), profile(rows, CONTRACT), GateConfig()
    )
    assert said == ["net_revenue_amount is null in 100% of rows, 0% before"]
