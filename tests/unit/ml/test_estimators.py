import numpy as np
import pytest

from ml.estimators import BUILT_IN, build, signed_log
from tests.unit.ml.shop import CONTRACT, frame


def test_the_log_keeps_the_sign_of_a_refund() -> None:
    values = np.array([-100.0, -1.0, 0.0, 1.0, 100.0])
    np.testing.assert_allclose(signed_log(values), -signed_log(-values))
    np.testing.assert_allclose(signed_log(values)[3:], np.log([2.0, 101.0]))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_estimator_learns_and_gives_probabilities(name: str) -> None:
    rows = frame(["2024-01-01"], customers=600)
    model = build(name, CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    scores = model.predict_proba(rows)
    np.testing.assert_allclose(scores.sum(axis=1), 1.0)
    churned = rows["is_churned"].to_numpy(bool)
    assert scores[churned, 1].mean() > scores[~churned, 1].mean() + 0.1


def test_the_blend_is_the_mean_of_its_members() -> None:
    rows = frame(["2024-01-01"], customers=600)
    outcome = rows["is_churned"].to_numpy(bool)
    one, two, both = (
        build(name, CONTRACT).fit(rows, outcome).predict_proba(rows)[:, 1]
        for name in ("logistic_regression", "lightgbm", "blend")
    )
    np.testing.assert_allclose(both, (one + two) / 2)
