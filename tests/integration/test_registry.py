"""MLflow follows ml.*: runs, versions, aliases, also after a kill in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ml import champions, jobs, registry
from ml.frames import scoring_frame
from tests.integration.test_models import CLOSED, FAST, POOR, TODAY, Shop
from tests.load_help import execute, query
from tests.ml_help import make_features, make_ml_tables, shop_rows, write_manifest
from warehouse.connect import connect
from warehouse.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Two versions, the second promoted, and a third that was kept out."""
    folder = tmp_path_factory.mktemp("registry")
    make_ml_tables(settings)
    make_features(settings, shop_rows([*CLOSED, TODAY]), TODAY)
    made = Shop(settings, folder / "models", write_manifest(folder))
    made.train(POOR)
    made.train(FAST)
    yield made
    execute(
        settings,
        "drop schema features cascade; drop schema ml cascade; "
        "drop schema if exists mlflow cascade",
    )


def test_mlflow_follows(  # noqa: PLR0915 (see its docstring)
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, since MLflow's tables take seconds to make."""
    done = registry.mirror(shop.settings, shop.models_dir)
    assert (done.runs, done.aliases) == (2, 1)
    client = registry.client(shop.settings)
    champion = client.get_model_version_by_alias("s.churn", "champion")
    assert champion.tags[registry.VERSION_TAG] == shop.champion()
    run = client.get_run(champion.run_id)
    value = query(
        shop.settings,
        "select metric_value from ml.evaluations where is_champion and metric_name = 'roc_auc' "
        f"and model_version = '{shop.champion()}' limit 1",
    )[0][0]
    assert run.data.metrics["roc_auc"] == pytest.approx(value)
    assert run.data.metrics["roc_auc_lower"] < value < run.data.metrics["roc_auc_upper"]
    assert "roc_auc.base rate" in run.data.metrics
    assert run.data.params["estimator"] == "logistic_regression"
    assert "order_count" in run.data.params["features"]
    assert run.data.params["evaluated_as_of_date"] == "2024-04-01"
    assert "beyond noise" in run.data.tags["reason"]

    # Everything of MLflow lies in its own schema, and its files below the models.
    schemas = query(
        shop.settings,
        "select distinct table_schema from information_schema.tables where table_name = 'runs'",
    )
    assert schemas == [("mlflow",)]
    assert Path(run.info.artifact_uri.removeprefix("file://")).is_relative_to(shop.models_dir)

    # What MLflow loads gives what the batch gives.
    import mlflow

    shop.score()
    artefact = jobs.champion(shop.settings, shop.models_dir, FAST, "s")
    assert artefact is not None
    rows = scoring_frame(shop.settings, artefact.contract, "s", date.fromisoformat(TODAY))
    mlflow.set_tracking_uri(registry.store_uri(shop.settings))
    mlflow.set_registry_uri(registry.store_uri(shop.settings))
    loaded = mlflow.pyfunc.load_model("models:/s.churn@champion")
    assert loaded.metadata.signature.inputs.input_names() == [
        *artefact.contract.keys,
        *artefact.contract.feature_names,
    ]
    said = loaded.predict(rows)["churn_probability"].to_numpy()
    ours = FAST.predict(artefact, rows)["churn_probability"].to_numpy()
    assert abs(said - ours).max() <= 1e-9

    # Nothing new: nothing is done.
    assert registry.mirror(shop.settings, shop.models_dir) == registry.Mirrored(0, 0)

    # A challenger that is kept gets its alias, a rollback moves that of the champion.
    execute(shop.settings, "update features.ftr_customers set country = 'GB' where country = 'FR'")
    kept = shop.train(POOR)
    assert kept.decision is not None
    assert kept.decision.kind == "kept"

    # Killed while it logs: what is half there is done anew.
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(registry, "_register", die)
        with pytest.raises(KeyboardInterrupt):
            registry.mirror(shop.settings, shop.models_dir)
    done = registry.mirror(shop.settings, shop.models_dir)
    assert (done.runs, done.aliases) == (1, 1)
    challenger = client.get_model_version_by_alias("s.churn", "challenger")
    assert challenger.tags[registry.VERSION_TAG] == kept.model_version

    before = shop.champion()
    word = champions.roll_back(shop.settings, shop.models_dir, "churn", "s", "test")
    assert word.model_version != before
    # Between the two, MLflow is behind: the next mirror makes it good.
    registry.mirror(shop.settings, shop.models_dir)
    champion = client.get_model_version_by_alias("s.churn", "champion")
    assert champion.tags[registry.VERSION_TAG] == word.model_version
    assert "challenger" not in client.get_registered_model("s.churn").aliases

    # No customer in any of it: `clientele forget` searches these too.
    with connect(shop.settings) as conn, conn.cursor() as cursor:
        cursor.execute(
            "select count(*) from mlflow.params where value ~ 's:[0-9]' "
            "union all select count(*) from mlflow.tags where value ~ '\\ms:[0-9]'"
        )
        assert [row[0] for row in cursor.fetchall()] == [0, 0]
    for path in shop.models_dir.rglob("*"):
        if path.is_file():
            assert b"s:299" not in path.read_bytes(), path


def test_telemetry_is_off() -> None:
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
