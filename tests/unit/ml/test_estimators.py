import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression as SklearnLogistic
from sklearn.pipeline import Pipeline

from ml.churn import Churn
from ml.estimators import BUILT_IN, build, signed_log
from ml.estimators.boosting import QuickLGBMClassifier
from ml.estimators.linear import QuickLogistic
from ml.estimators.trees import QuickForest
from tests.unit.ml.shop import CONTRACT, frame
from warehouse.errors import ClienteleError


def test_the_log_keeps_the_sign_of_a_refund() -> None:
    values = np.array([-100.0, -1.0, 0.0, 1.0, 100.0])
    np.testing.assert_allclose(signed_log(values), -signed_log(-values))
    np.testing.assert_allclose(signed_log(values)[3:], np.log([2.0, 101.0]))


CLASSIFIERS = [name for name, found in BUILT_IN.items() if found.kind == "classification"]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_estimator_learns_and_gives_probabilities(name: str) -> None:
    if not BUILT_IN[name].is_available():
        pytest.skip(f"{name} is an optional extra and not installed")
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


def test_smote_adds_rows_while_fitting_only() -> None:
    rows = frame(["2024-01-01"], customers=600)
    outcome = rows["is_churned"].to_numpy(bool)
    rare = np.flatnonzero(outcome)[:60]
    rows = rows.iloc[np.concatenate([rare, np.flatnonzero(~outcome)])]
    outcome = rows["is_churned"].to_numpy(bool)
    plain, smote = (
        build(name, CONTRACT).fit(rows, outcome)
        for name in ("logistic_regression", "logistic_regression_smote")
    )
    assert smote.predict_proba(rows).shape == (len(rows), 2)
    # Half of what it was fitted to churned, and that is what it says of the rows it was given.
    assert plain.predict_proba(rows)[:, 1].mean() == pytest.approx(outcome.mean(), abs=0.02)
    assert smote.predict_proba(rows)[:, 1].mean() > outcome.mean() + 0.05


def test_xgboost_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.estimators.boosting.find_spec", lambda name: None)
    assert not BUILT_IN["xgboost"].is_available()
    with pytest.raises(ClienteleError, match=r"pip install 'clientele\[xgboost\]'"):
        build("xgboost", CONTRACT)
    assert "xgboost" not in Churn().estimator_names


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_short_way_of_a_pipeline_gives_the_bits_of_the_long_one(name: str) -> None:
    if not BUILT_IN[name].is_available():
        pytest.skip(f"{name} is an optional extra and not installed")
    rows = frame(["2024-01-01"], customers=600)
    model = build(name, CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    for pipeline in getattr(model, "estimators_", None) or [model]:
        if not isinstance(pipeline, Pipeline):
            continue
        long = Pipeline.predict_proba(pipeline, rows.head(50))
        np.testing.assert_array_equal(pipeline.predict_proba(rows.head(50)), long)


@pytest.mark.parametrize("threads", [1, None, -1])
def test_boosted_trees_say_the_same_without_ceremony(threads: int | None) -> None:
    rows = frame(["2024-01-01"], customers=600)
    outcome = rows["is_churned"].to_numpy(bool)
    numbers = rows[CONTRACT.names("numeric")].to_numpy(float)
    model = QuickLGBMClassifier(n_estimators=20, verbose=-1, n_jobs=threads).fit(numbers, outcome)
    for part in (numbers, numbers[:1], np.full((1, numbers.shape[1]), np.nan)):
        said = model.predict_proba(part)
        np.testing.assert_array_equal(said, LGBMClassifier.predict_proba(model, part))


def test_boosted_trees_of_more_or_fewer_outcomes_go_lightgbms_own_way() -> None:
    numbers = np.random.default_rng(1).normal(size=(300, 3))
    three = QuickLGBMClassifier(n_estimators=5, verbose=-1).fit(numbers, np.arange(300) % 3)
    assert three.predict_proba(numbers).shape == (300, 3)
    with pytest.raises(ValueError, match="features"):
        three.predict_proba(numbers[:, :2])


def test_boosted_trees_refuse_rows_of_another_width() -> None:
    numbers = np.random.default_rng(1).normal(size=(300, 3))
    model = QuickLGBMClassifier(n_estimators=5, verbose=-1).fit(numbers, np.arange(300) % 2)
    with pytest.raises(ValueError, match="features"):
        model.predict_proba(numbers[:, :2])


def test_a_line_says_the_same_without_ceremony() -> None:
    numbers = np.random.default_rng(1).normal(size=(300, 4))
    model = QuickLogistic().fit(numbers, numbers[:, 0] > 0.2)
    for part in (numbers, numbers[:1], numbers[::2], np.asfortranarray(numbers)):
        long = SklearnLogistic.predict_proba(model, part)
        np.testing.assert_array_equal(model.predict_proba(part), long)
    three = QuickLogistic().fit(numbers, np.arange(300) % 3)
    assert three.predict_proba(numbers).shape == (300, 3)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_line_refuses_what_is_no_number(wrong: float) -> None:
    numbers = np.random.default_rng(1).normal(size=(300, 4))
    model = QuickLogistic().fit(numbers, numbers[:, 0] > 0.2)
    with pytest.raises(ValueError, match="features"):
        model.predict_proba(numbers[:, :2])
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        model.predict_proba(np.where(numbers > 1, wrong, numbers))


def test_a_forest_says_the_same_without_its_pool() -> None:
    numbers = np.random.default_rng(1).normal(size=(300, 4))
    model = QuickForest(n_estimators=20, random_state=1, n_jobs=1).fit(numbers, numbers[:, 0] > 0.2)
    for part in (numbers, numbers[:1], numbers[::2]):
        long = RandomForestClassifier.predict_proba(model, part)
        np.testing.assert_array_equal(model.predict_proba(part), long)
    for wrong in (numbers[:, :2], np.full((1, 4), np.inf)):
        with pytest.raises(ValueError, match=r"features|infinity"):
            model.predict_proba(wrong)


def test_a_blend_is_scikit_learns_mean() -> None:
    rows = frame(["2024-01-01"], customers=600)
    model = build("blend", CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool))
    np.testing.assert_array_equal(
        model.predict_proba(rows.head(50)), VotingClassifier.predict_proba(model, rows.head(50))
    )


def test_categories_are_encoded_as_one_by_one() -> None:
    rows = frame(["2024-01-01"], customers=600)
    columns = build("lightgbm", CONTRACT).fit(rows, rows["is_churned"].to_numpy(bool)).steps[0][1]
    names = CONTRACT.names("categorical")
    odd = rows.sample(50, random_state=1).copy()
    odd.loc[odd.index[:2], names[0]] = ["Ä, ö\n", None]
    encoder = columns.named_transformers_["categories"]
    one_by_one = np.vstack([encoder.transform(odd[names].iloc[[row]]) for row in range(len(odd))])
    np.testing.assert_array_equal(columns.transform(odd)[:, -one_by_one.shape[1] :], one_by_one)


def test_models_share_no_step() -> None:
    rows = frame(["2024-01-01"], customers=200)
    outcome = rows["is_churned"].to_numpy(bool)
    model = build("logistic_regression", CONTRACT).fit(rows, outcome)
    before = model.predict_proba(rows)
    build("logistic_regression", CONTRACT).fit(rows.assign(order_count=99.0), outcome)
    np.testing.assert_array_equal(model.predict_proba(rows), before)
