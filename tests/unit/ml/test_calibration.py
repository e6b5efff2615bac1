import numpy as np
import pytest

from ml.calibration import Calibrated, choose_method, fit_calibrator, model_inside
from ml.metrics import expected_calibration_error, log_loss


def held_out(shift: float, slope: float = 1.0, rows: int = 4000, seed: int = 1):
    """Probabilities that are off by a shift and a slope in log-odds, what happened, and parts."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1.5, rows)
    outcome = rng.random(rows) < 1 / (1 + np.exp(-truth))
    said = 1 / (1 + np.exp(-(truth - shift) / slope))
    return said, outcome, np.arange(rows) % 4


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_a_calibrator_mends_what_is_off(method) -> None:
    said, outcome, _ = held_out(1.0, 0.5)
    later, happened, _ = held_out(1.0, 0.5, seed=2)
    mended = fit_calibrator(method, said, outcome).predict(later)
    assert expected_calibration_error(happened, later) > 0.1
    assert expected_calibration_error(happened, mended) < 0.03
    assert log_loss(happened, mended) < log_loss(happened, later) - 0.05
    assert ((mended > 0) & (mended < 1)).all()


def test_sigmoid_finds_the_planted_shift_and_slope() -> None:
    said, outcome, _ = held_out(1.0, 0.5, rows=40_000)
    model = fit_calibrator("sigmoid", said, outcome).model
    # said = sigmoid((t - 1) / 0.5), so t = 0.5 * logit(said) + 1.
    assert model.coef_[0, 0] == pytest.approx(0.5, abs=0.02)
    assert model.intercept_[0] == pytest.approx(1.0, abs=0.05)


def test_what_is_honest_is_left_alone() -> None:
    assert choose_method(*held_out(0.0), ("none", "sigmoid", "isotonic")) == "none"


def test_what_is_off_is_calibrated_by_the_simplest_that_does() -> None:
    assert choose_method(*held_out(1.0, 0.5), ("none", "sigmoid", "isotonic")) == "sigmoid"


def test_a_shape_that_no_sigmoid_has_is_isotonic() -> None:
    said, outcome, part = held_out(0.0, rows=20_000)
    bent = np.where(said < 0.5, said * 0.2, 0.9 + said * 0.1)
    assert choose_method(bent, outcome, part, ("none", "sigmoid", "isotonic")) == "isotonic"


def test_one_part_has_nothing_to_test_on() -> None:
    said, outcome, part = held_out(1.0)
    assert choose_method(said, outcome, part * 0, ("none", "sigmoid")) == "none"


def test_the_model_is_found_inside() -> None:
    model = object()
    assert model_inside(Calibrated(model, None)) is model
    assert model_inside(model) is model
