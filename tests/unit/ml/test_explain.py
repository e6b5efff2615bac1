from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.calibration import Calibrated, fit_calibrator
from ml.churn import Churn
from ml.estimators import BUILT_IN, build
from ml.explain import contributions, with_reasons, words
from ml.feature_contract import Feature, FeatureContract
from tests.unit.ml.shop import CONTRACT, frame
from warehouse.errors import ClienteleError

ROWS = frame(["2024-01-01"], customers=400)
OUTCOME = ROWS["is_churned"].to_numpy(bool)
NAMES = [name for name, estimator in BUILT_IN.items() if estimator.kind == "classification"]


def fitted(name: str):
    if not BUILT_IN[name].is_available():
        pytest.skip(f"{name} is an optional extra and not installed")
    return build(name, CONTRACT).fit(ROWS, OUTCOME)


def log_odds(model, rows: pd.DataFrame) -> np.ndarray:
    probability = model.predict_proba(rows)[:, 1]
    return np.log(probability / (1 - probability))


@pytest.mark.parametrize("name", NAMES)
def test_contributions_add_up_to_the_log_odds(name: str) -> None:
    model = fitted(name)
    found = contributions(model, ROWS, CONTRACT.feature_names)
    assert list(found.values) == list(CONTRACT.feature_names)
    said = found.base + found.values.sum(axis=1)
    # XGBoost computes in single precision.
    np.testing.assert_allclose(
        said, log_odds(model, ROWS), atol=1e-4 if name == "xgboost" else 1e-8
    )


def test_a_straight_line_is_explained_by_its_coefficients() -> None:
    model = fitted("logistic_regression")
    moved = ROWS.head(2).assign(order_count=[1.0, 50.0], country="GB")
    same = moved.assign(
        **{name: 7.0 for name in CONTRACT.names("numeric") if name != "order_count"}
    )
    found = contributions(model, same, CONTRACT.feature_names).values
    apart = np.diff(log_odds(model, same))[0]
    assert np.diff(found["order_count"])[0] == pytest.approx(apart)
    for other in set(CONTRACT.feature_names) - {"order_count"}:
        assert np.diff(found[other])[0] == pytest.approx(0, abs=1e-12)


def test_the_average_row_is_the_base_of_a_straight_line() -> None:
    found = contributions(fitted("logistic_regression"), ROWS, CONTRACT.feature_names)
    np.testing.assert_allclose(found.values.mean(axis=0), 0, atol=1e-9)


def test_a_blend_is_explained_by_both_of_its_members() -> None:
    blend = contributions(fitted("blend"), ROWS, CONTRACT.feature_names).values
    line, trees = (
        contributions(fitted(name), ROWS, CONTRACT.feature_names).values
        for name in ("logistic_regression", "lightgbm")
    )
    agree = (np.sign(line) == np.sign(trees)).to_numpy() & (line.abs() > 1e-9).to_numpy()
    assert agree.mean() > 0.5
    assert (np.sign(blend.to_numpy())[agree] == np.sign(line.to_numpy())[agree]).all()


def test_reasons_do_not_depend_on_the_rows_beside() -> None:
    model = fitted("blend")
    empty = ROWS[["customer_id"]]
    all_rows = with_reasons(model, CONTRACT, ROWS, empty)
    one = with_reasons(model, CONTRACT, ROWS.iloc[[17]], empty.iloc[[17]])
    assert one.iloc[0].to_dict() == all_rows.iloc[17].to_dict()


def test_calibration_moves_no_reason() -> None:
    model = fitted("lightgbm")
    calibrator = fit_calibrator("sigmoid", model.predict_proba(ROWS)[:, 1], OUTCOME)
    keys = ROWS[["customer_id"]]
    plain = with_reasons(model, CONTRACT, ROWS, keys)
    pd.testing.assert_frame_equal(
        plain, with_reasons(Calibrated(model, calibrator), CONTRACT, ROWS, keys)
    )


def contract(*features: Feature) -> FeatureContract:
    return FeatureContract(
        relation="features.ftr_customers", keys=("customer_id",), features=features
    )


def test_the_strongest_reason_comes_first_and_says_which_way_it_points() -> None:
    model = fitted("logistic_regression")
    rows = ROWS.head(1).assign(days_since_last_order=199.0, order_count=1.0)
    said = with_reasons(model, CONTRACT, rows, rows[["customer_id"]]).iloc[0]
    assert said["reason_1"].startswith("raises the risk: ")
    assert "days_since_last_order: 199" in {
        said[f"reason_{n}"].split(": ", 1)[1] for n in (1, 2, 3)
    }
    added = contributions(model, rows, CONTRACT.feature_names).values.iloc[0].abs()
    first = added.sort_values(ascending=False).index[0]
    assert first in said["reason_1"]


def test_features_of_one_theme_are_one_reason() -> None:
    together = contract(
        *(
            feature.model_copy(update={"theme": "all"}) if feature.kind == "numeric" else feature
            for feature in CONTRACT.features
        )
    )
    said = with_reasons(fitted("blend"), together, ROWS, ROWS[["customer_id"]])
    assert said["reason_2"].notna().any()
    assert said["reason_3"].isna().all()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"last": 85.0, "gap": 30.25}, "last order 85 days ago, usually every 30"),
        ({"last": 1234.0, "gap": 2.5}, "last order 1,234 days ago, usually every 2.5"),
        ({"last": 85.0, "gap": np.nan}, "last order 85 days ago"),
        ({"last": 85.0}, "last order 85 days ago"),
        ({"last": np.nan, "gap": 3.0}, "Days since the last order: unknown"),
    ],
)
def test_a_phrase_says_values_of_the_row(row: dict[str, float], expected: str) -> None:
    feature = Feature(
        name="last",
        kind="numeric",
        description="Days since the last order. More here.",
        phrase="last order {last} days ago, usually every {gap}",
        phrase_unknown="last order {last} days ago",
    )
    assert words(feature, row) == expected


def test_without_a_phrase_the_description_speaks() -> None:
    feature = Feature(name="country", kind="categorical", description="Country; of the last order.")
    assert words(feature, {"country": "France"}) == "Country: France"
    assert words(Feature(name="x", kind="numeric"), {"x": 0.126}) == "x: 0.13"


def test_a_model_without_exact_contributions_is_refused() -> None:
    model = fitted("logistic_regression")
    model.steps[-1] = ("model", object())
    with pytest.raises(ClienteleError, match="object has no exact contributions"):
        contributions(model, ROWS, CONTRACT.feature_names)


def test_churn_scores_carry_reasons() -> None:
    from tests.unit.ml.shop import training_data
    from tests.unit.ml.test_churn import artefact_of

    data = training_data(["2024-01-01", "2024-02-01", "2024-03-01"], "2024-03-01")
    artefact = artefact_of(data)
    task = Churn()
    scores = task.predict(artefact, data.frame)
    explained = task.explain(artefact, data.frame, scores)
    assert list(explained)[-3:] == ["reason_1", "reason_2", "reason_3"]
    assert explained["reason_1"].notna().all()
    pd.testing.assert_frame_equal(explained[list(scores)], scores)
