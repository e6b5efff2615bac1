from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml import splits
from ml.artefact import Artefact
from ml.churn import Churn
from ml.estimators import predicted
from ml.splits import ForwardSplits
from ml.supervised import Recipe, SupervisedConfig
from ml.task import NotEnoughData, TrainingData
from tests.unit.ml.shop import CONTRACT, HORIZON, training_data
from warehouse.errors import ClienteleError

DATES = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"]
FAST = Churn(Churn.defaults.model_copy(update={"resamples": 100}))
RULE = ForwardSplits()


def split(data: TrainingData) -> tuple[pd.DataFrame, pd.DataFrame]:
    return RULE.parts(data)[0]


def validation_splits(past: pd.DataFrame) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    return FAST.validation(past)


def spine(rows: list[tuple[str, int, bool]]) -> pd.DataFrame:
    days = pd.to_datetime([day for day, _, _ in rows])
    return pd.DataFrame(
        {
            "as_of_date": days,
            "label_end_date": days + pd.Timedelta(days=HORIZON),
            "is_label_complete": [complete for _, _, complete in rows],
            "history_days": [history for _, history, _ in rows],
            "horizon_days": HORIZON,
        }
    )


def test_no_row_to_learn_from_reaches_into_the_evaluation() -> None:
    past, later = split(training_data(DATES, "2024-04-01"))
    # The window of 1 March ends on 31 March; that of 1 April itself is what is evaluated.
    assert sorted(past["as_of_date"].dt.strftime("%Y-%m-%d").unique()) == DATES[:3]
    assert (past["label_end_date"] <= pd.Timestamp("2024-04-01")).all()
    assert set(later["as_of_date"]) == {pd.Timestamp("2024-04-01")}


def test_a_window_that_ends_a_day_late_is_left_out() -> None:
    past, _ = split(training_data(["2024-01-01", "2024-03-03", "2024-04-01"], "2024-04-01"))
    assert set(past["as_of_date"]) == {pd.Timestamp("2024-01-01")}


def test_validation_splits_are_in_time_too() -> None:
    past, _ = split(training_data(DATES, "2024-05-01"))
    splits = validation_splits(past)
    assert len(splits) >= 2
    for fit, held in splits:
        assert (fit["label_end_date"] <= held["as_of_date"].min()).all()
        assert held["as_of_date"].nunique() == 1


def test_a_young_shop_is_validated_on_folds_of_customers() -> None:
    # Three dates within one window: none is over before the next begins.
    dates = ["2024-01-01", "2024-01-10", "2024-01-20"]
    past, _ = split(training_data([*dates, "2024-03-01"], "2024-03-01", customers=301))
    assert past["as_of_date"].nunique() == len(dates)
    splits = validation_splits(past)
    assert len(splits) == RULE.folds
    for fit, held in splits:
        assert not set(fit["customer_id"]) & set(held["customer_id"])


def test_training_keeps_the_best_and_evaluates_all() -> None:
    trained = FAST.train(training_data(DATES, "2024-05-01"))
    names = {row.model_name for row in trained.evaluations}
    assert names == {"logistic_regression", "lightgbm", "blend"}
    assert {row.model_name for row in trained.evaluations if row.is_champion} == {
        trained.model_name
    }
    baselines = {row.baseline_name for row in trained.evaluations}
    assert baselines == {"recency alone", "order count alone", "base rate"}
    auc = next(r for r in trained.evaluations if r.is_champion and r.metric_name == "roc_auc")
    assert 0.6 < auc.ci_lower < auc.metric_value < auc.ci_upper < 1
    assert auc.sample_count == 300
    assert "windows closed by 2024-05-01" in auc.protocol


def test_the_estimator_with_the_lower_loss_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def candidates(self, fit, held, contract):
        outcome = held["is_churned"].to_numpy(float)
        return {"poor": np.full(len(held), 0.5), "good": 0.2 + 0.6 * outcome}

    monkeypatch.setattr(Churn, "_candidates", candidates)
    monkeypatch.setattr(Churn, "estimator_names", ("poor", "good"))
    monkeypatch.setattr(Churn, "recipe", lambda self, name: Recipe(name))
    past, _ = split(training_data(DATES, "2024-05-01"))
    assert FAST.choose(past, CONTRACT).estimator == "good"


def test_what_scores_was_fitted_to_the_newest_dates_too() -> None:
    trained = FAST.train(training_data(DATES, "2024-04-01"))
    assert trained.training_row_count == 5 * 300
    assert trained.trained_as_of_date.isoformat() == "2024-05-01"


def test_the_base_rate_ranks_nobody() -> None:
    past, later = split(training_data(DATES, "2024-05-01"))
    constant = FAST.baseline_predictions(past, later)["base rate"]
    assert np.unique(constant).size == 1
    assert constant[0] == pytest.approx(past["is_churned"].mean())


def test_training_is_reproducible() -> None:
    data = training_data(DATES, "2024-05-01")
    later = data.frame[data.frame["as_of_date"] == "2024-05-01"]
    first, second = FAST.train(data), FAST.train(data)
    assert first.evaluations == second.evaluations
    one, two = (predicted(each.estimator, later, "classification") for each in (first, second))
    np.testing.assert_array_equal(one, two)


def artefact_of(data) -> Artefact:
    trained = FAST.train(data)
    return Artefact(
        task_name="churn",
        source_name="s",
        model_name=trained.model_name,
        model_version="v",
        contract=CONTRACT,
        trained_as_of_date=trained.trained_as_of_date,
        estimator=trained.estimator,
        details=trained.details,
    )


def test_one_customer_is_scored_as_in_the_batch() -> None:
    data = training_data(DATES, "2024-05-01")
    artefact = artefact_of(data)
    batch = FAST.predict(artefact, data.frame)
    for row in (0, 17, 299):
        alone = FAST.predict(artefact, data.frame.iloc[[row]])
        # Sums of one row and of many may differ in the last bit.
        assert alone["churn_probability"].iloc[0] == pytest.approx(
            batch["churn_probability"].iloc[row], abs=1e-12
        )
    assert batch["churn_probability"].between(0, 1).all()
    assert list(batch) == [
        *("as_of_date", "customer_id", "source_name"),
        *("horizon_days", "churn_probability"),
    ]


def test_unseen_countries_and_missing_rhythm_get_a_score() -> None:
    data = training_data(DATES, "2024-05-01")
    strange = data.frame.head(3).assign(country="Atlantis", mean_days_between_orders=np.nan)
    assert FAST.predict(artefact_of(data), strange)["churn_probability"].notna().all()


def test_a_feature_that_is_always_null_does_no_harm() -> None:
    data = training_data(DATES, "2024-05-01")
    blank = replace(data, frame=data.frame.assign(mean_days_between_orders=np.nan))
    assert FAST.train(blank).evaluations


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_only_is_not_enough(outcome: bool) -> None:
    data = training_data(DATES, "2024-05-01")
    with pytest.raises(NotEnoughData, match="it needs 50 of each"):
        FAST.train(replace(data, frame=data.frame.assign(is_churned=outcome)))


def test_dates_with_open_windows_or_short_history_are_not_learned_from() -> None:
    dates = spine([("2024-01-01", 5, True), ("2024-02-01", 36, True), ("2024-03-01", 65, False)])
    kept = splits.learnable_dates(dates, "churn", "s")
    assert list(kept["as_of_date"]) == [pd.Timestamp("2024-02-01")]


def test_a_shop_without_a_closed_window_is_told_the_rule() -> None:
    with pytest.raises(NotEnoughData, match="two horizons"):
        splits.learnable_dates(spine([("2024-01-01", 60, False)]), "churn", "s")
    with pytest.raises(NotEnoughData, match="two horizons"):
        splits.learnable_dates(spine([]), "churn", "s")


def test_an_unknown_evaluation_date_names_those_that_exist() -> None:
    dates = spine([("2024-02-01", 36, True)])
    asked = pd.Timestamp("2024-02-05").date()
    with pytest.raises(ClienteleError, match=r"extra_as_of_dates.*2024-02-01"):
        splits._evaluation_date(dates, asked, "s")


def test_a_typo_in_the_configuration_is_an_error() -> None:
    with pytest.raises(ValueError, match="fold"):
        SupervisedConfig(estimators=("lightgbm",), fold=3)  # type: ignore[call-arg]
