"""Training, the gate, rollback and scoring of a tiny shop on a real Postgres."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ml import artefact as artefacts
from ml import champions, jobs, pruning, store
from ml.churn import Churn
from ml.frames import scoring_chunks, scoring_frame
from ml.jobs import Report
from tests.load_help import execute, query
from tests.ml_help import make_features, make_ml_tables, shop_rows, write_manifest
from warehouse.connect import connect
from warehouse.errors import ClienteleError, UsageError
from warehouse.settings import Settings

CLOSED = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
TODAY = "2024-05-02"
FAST = Churn(
    Churn.defaults.model_copy(update={"estimators": ("logistic_regression",), "resamples": 100})
)
# The same but for a feature that ruins it: every coefficient is shrunk to nothing.
POOR = FAST.with_parameters({"logistic_regression": {"C": 1e-6}})


@dataclass(frozen=True)
class Shop:
    settings: Settings
    models_dir: Path
    manifest: Path

    def train(self, task: Churn = FAST, **options) -> Report:
        return jobs.train(self.settings, self.manifest, self.models_dir, task, "s", **options)

    def score(self) -> Report:
        return jobs.score(self.settings, self.models_dir, FAST, "s")

    def champion(self) -> str | None:
        with connect(self.settings) as conn:
            return store.champion_version(conn, "churn", "s")

    def roll_back(self) -> champions.Word:
        return champions.roll_back(self.settings, self.models_dir, "churn", "s", "test")


@pytest.fixture
def shop(settings: Settings, tmp_path: Path) -> Iterator[Shop]:
    make_ml_tables(settings)
    make_features(settings, shop_rows([*CLOSED, TODAY]), TODAY)
    yield Shop(settings, tmp_path / "models", write_manifest(tmp_path))
    execute(settings, "drop schema features cascade; drop schema ml cascade")


def test_the_first_model_scores_if_it_knows_something(shop: Shop) -> None:
    report = shop.train()
    assert report.decision is not None
    assert report.decision.kind == "first"
    assert shop.champion() == report.model_version
    assert shop.score().row_count == 300


def test_of_too_many_customers_a_sample_is_learned_from_and_all_are_scored(shop: Shop) -> None:
    # The rows of labels: 300 customers on four dates.
    some = Churn(FAST.config.model_copy(update={"max_rows": 600}))
    report = shop.train(some)
    assert report.model_version is not None
    ((parameters, protocol, count, evaluated),) = query(
        shop.settings,
        "select distinct r.parameters, e.protocol, r.training_row_count, e.sample_count "
        "from ml.model_runs as r inner join ml.evaluations as e on e.run_id = r.run_id",
    )
    assert '"customer_share": 0.5' in parameters
    assert protocol.endswith("all of this on 50.0% of them, drawn by their ids")
    # Everybody drawn stands there with all of their dates.
    assert 120 <= evaluated <= 180
    assert count == 4 * evaluated
    assert shop.score().row_count == 300
    assert shop.train(some).outcome == "unchanged"


def test_a_first_model_without_skill_does_not_score(shop: Shop) -> None:
    execute(
        shop.settings,
        "update features.lbl_customers "
        "set is_churned = hashtext(customer_id || as_of_date) % 2 = 0",
    )
    report = shop.train()
    assert report.decision is not None
    # Within noise it may lie on either side of the base rate: the gate follows the numbers.
    value, base = query(
        shop.settings,
        "select metric_value, baseline_value from ml.evaluations "
        "where is_champion and metric_name = 'log_loss' and baseline_name = 'base rate'",
    )[0]
    assert report.decision.kind == ("first" if value < base else "kept")
    assert (shop.champion() is None) == (value >= base)
    assert shop.score().outcome == ("scored" if value < base else "skipped")


def test_the_same_recipe_again_is_kept_out_and_a_better_one_is_not(shop: Shop) -> None:
    poor = shop.train(POOR).model_version
    again = shop.train(POOR, force=True)
    assert again.decision is not None
    assert again.decision.kind == "kept"
    assert "not better beyond noise" in again.decision.reason
    better = shop.train(FAST)
    assert better.decision is not None
    assert better.decision.kind == "promoted", better.decision.reason
    assert shop.champion() == better.model_version != poor
    worse = shop.train(POOR)
    assert worse.decision is not None
    assert worse.decision.kind == "kept"
    assert shop.champion() == better.model_version


def test_what_scores_is_the_champion_and_not_the_newest(shop: Shop) -> None:
    good = shop.train(FAST).model_version
    kept = shop.train(POOR)
    assert kept.decision is not None
    assert kept.decision.kind == "kept"
    shop.score()
    assert query(shop.settings, "select distinct model_version from ml.customer_churn_scores") == [
        (good,)
    ]


def test_data_that_look_different_are_kept_out(shop: Shop) -> None:
    shop.train(POOR)
    execute(shop.settings, "update features.ftr_customers set net_revenue_amount = null")
    report = shop.train(FAST)
    assert report.decision is not None
    assert report.decision.kind == "kept"
    assert "net_revenue_amount is null in 100% of rows" in report.decision.reason


def test_a_champion_whose_features_are_gone_gives_way(shop: Shop, tmp_path: Path) -> None:
    shop.train()
    fewer = Shop(
        shop.settings,
        shop.models_dir,
        write_manifest(tmp_path, ("days_since_last_order", "order_count", "country")),
    )
    report = fewer.train()
    assert report.decision is not None
    assert report.decision.kind == "promoted"
    assert "cannot be compared" in report.decision.reason


def test_rollback_is_one_row_and_undoes_one_promotion(shop: Shop) -> None:
    first = shop.train(POOR).model_version
    second = shop.train(FAST).model_version
    word = shop.roll_back()
    assert (word.kind, word.model_version, word.from_version) == ("rolled_back", first, second)
    assert shop.champion() == first
    with pytest.raises(UsageError, match="nothing to go back to"):
        shop.roll_back()
    # The same training again is not a way around it.
    assert shop.train(FAST).outcome == "unchanged"
    assert shop.champion() == first


def test_rollback_to_a_lost_file_changes_nothing(shop: Shop) -> None:
    first = shop.train(POOR).model_version
    second = shop.train(FAST).model_version
    artefacts.artefact_path(shop.models_dir, "s", "churn", str(first)).unlink()
    with pytest.raises(ClienteleError, match="is missing"):
        shop.roll_back()
    assert shop.champion() == second


def test_a_lost_champion_is_replaced_by_the_next_training(shop: Shop) -> None:
    version = shop.train().model_version
    artefacts.artefact_path(shop.models_dir, "s", "churn", str(version)).unlink()
    report = shop.train()
    assert report.outcome == "trained"
    assert report.decision is not None
    assert report.decision.kind == "promoted"
    assert "lost" in report.decision.reason


def test_any_version_can_be_promoted_by_hand(shop: Shop) -> None:
    shop.train(FAST)
    kept = str(shop.train(POOR).model_version)
    champions.promote(shop.settings, shop.models_dir, "churn", "s", kept[:6], "by hand")
    assert shop.champion() == kept
    with pytest.raises(UsageError, match="no version zzz"):
        champions.promote(shop.settings, shop.models_dir, "churn", "s", "zzz", "by hand")


def test_a_shop_trained_before_there_were_gates_has_its_newest_training(shop: Shop) -> None:
    version = shop.train().model_version
    execute(shop.settings, "truncate ml.model_promotions")
    assert shop.champion() == version


def test_batch_and_one_by_one_are_equal(shop: Shop) -> None:
    shop.train(Churn())
    shop.score()
    stored = dict(
        query(shop.settings, "select customer_id, churn_probability from ml.customer_churn_scores")
    )
    artefact = jobs.champion(shop.settings, shop.models_dir, FAST, "s")
    assert artefact is not None
    rows = scoring_frame(shop.settings, artefact.contract, "s", date.fromisoformat(TODAY))
    for number in range(0, len(rows), 10):
        alone = FAST.predict(artefact, rows.iloc[[number]])
        expected = stored[alone["customer_id"].iloc[0]]
        assert abs(alone["churn_probability"].iloc[0] - expected) <= 1e-9


def test_the_same_model_on_the_same_rows_scores_once(shop: Shop) -> None:
    shop.train()
    assert shop.score().outcome == "scored"
    again = shop.score()
    assert (again.outcome, again.row_count) == ("unchanged", 300)
    execute(shop.settings, "update features.ftr_customers set order_count = order_count + 1")
    assert shop.score().outcome == "scored"


def test_scoring_runs_are_told_oldest_first_of_one_shop(shop: Shop) -> None:
    columns = "(customer_id, source_name, as_of_date, run_id, scored_at)"
    rows = [
        ("c1", "s", "2024-05-02", "b", "2024-05-02 10:00:00"),
        ("c2", "s", "2024-05-02", "b", "2024-05-02 10:00:00"),
        ("c1", "s", "2024-05-01", "z", "2024-05-01 10:00:00"),
        ("c1", "s", "2024-05-01", "a", "2024-05-02 10:00:00"),
        ("c9", "r", "2024-05-09", "c", "2024-05-09 10:00:00"),
        ("c9", "t", "2024-05-09", "c", "2024-05-09 10:00:00"),
    ]
    values = ", ".join(str(row) for row in rows)
    execute(shop.settings, f"insert into ml.customer_churn_scores {columns} values {values}")
    with connect(shop.settings) as conn:
        runs = store.scoring_runs(conn, "ml.customer_churn_scores", "s")
        assert [run.run_id for run in runs] == ["z", "a", "b"]
        assert store.run_rows(conn, "ml.customer_churn_scores", "s", runs[-1].run_id) == 2
        assert store.scoring_runs(conn, "ml.customer_churn_scores", "nobody") == []
    earlier = store.earlier_scores(
        shop.settings, "ml.customer_churn_scores", "s", ["customer_id"], date(2024, 5, 1)
    )
    assert earlier["customer_id"].tolist() == ["c1"]


def test_pruning_drops_the_runs_that_nothing_reads_of_each_shop(shop: Shop) -> None:
    execute(
        shop.settings,
        "insert into ml.customer_churn_scores "
        "(customer_id, source_name, as_of_date, model_version, run_id, scored_at) "
        "select 'c' || c, s, day, 'v', 'run-' || day, day from (values ('r'), ('s')) as shops (s), "
        "generate_series(1, 3) as c, generate_series(date '2024-01-01', "
        "case s when 's' then '2024-03-05' else '2024-01-02' end::date, '1 day') as days (day)",
    )
    days = "select source_name, as_of_date, count(*) from ml.customer_churn_scores group by 1, 2"
    before = query(shop.settings, days)
    table = ["ml.customer_churn_scores"]
    asked = pruning.prune(shop.settings, table, keep_days=1, dry_run=True)
    assert query(shop.settings, days) == before
    done = pruning.prune(shop.settings, table, keep_days=1)
    assert asked == done
    of_r, of_s = done
    assert (of_r.source_name, of_r.run_count, of_r.dropped_run_count) == ("r", 2, 0)
    assert (of_s.run_count, of_s.dropped_run_count, of_s.dropped_row_count) == (65, 60, 180)
    left = query(shop.settings, f"{days} having source_name = 's' order by 2")
    assert left == [
        ("s", date(2024, month, day), 3) for month, day in ((1, 1), (2, 1), (3, 1), (3, 4), (3, 5))
    ]


def test_chunks_do_not_change_scores(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.train()
    shop.score()
    whole = "select customer_id, churn_probability, run_id from ml.customer_churn_scores order by 1"
    first = query(shop.settings, whole)
    execute(shop.settings, "truncate ml.customer_churn_scores")
    monkeypatch.setattr("ml.jobs.scoring_chunks", partial(scoring_chunks, rows=7))
    shop.score()
    second = query(shop.settings, whole)
    assert [(row[0], row[2]) for row in first] == [(row[0], row[2]) for row in second]
    np.testing.assert_allclose([r[1] for r in first], [r[1] for r in second], atol=1e-12)


def test_a_backtest_is_stored_beside_the_evaluations(shop: Shop) -> None:
    shop.train()
    report = jobs.backtest(shop.settings, shop.manifest, FAST, "s")
    assert report.outcome == "backtested"
    kinds = dict(
        query(
            shop.settings,
            "select evaluation_kind, count(distinct evaluated_as_of_date) from ml.evaluations "
            "group by 1",
        )
    )
    assert kinds == {"holdout": 1, "backtest": 1, "backtest date": 3}


def test_scoring_and_loading_do_not_import_mlflow() -> None:
    import subprocess

    code = (
        "import sys, ml.jobs, orchestration.cli; "
        "print('mlflow' in sys.modules, 'optuna' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
