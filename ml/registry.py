"""MLflow tracking and registry in the same Postgres: a mirror of what `ml.*` holds.

`ml.model_runs`, `ml.evaluations` and `ml.model_promotions` are the truth, written in one
transaction with each training. `mirror` brings MLflow up to them: runs that it lacks are logged,
versions registered, aliases set. It may be killed at any point and run again; whatever was half
done is done anew. Nothing here is imported or needed by scoring.

Tables lie in schema `mlflow` of the warehouse's database, artefacts in `models/mlruns` below the
home folder. No network, no telemetry.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ml import artefact as artefacts
from ml import champions
from ml.artefact import Artefact
from ml.champions import Version
from ml.feature_contract import FeatureContract
from warehouse.connect import connect
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

SCHEMA = "mlflow"
SWITCH = "CLIENTELE_MLFLOW"
RUN_TAG = "clientele.run_id"
DONE_TAG = "clientele.complete"
VERSION_TAG = "clientele.model_version"
CHAMPION, CHALLENGER = "champion", "challenger"
LONGEST_PARAM = 6000
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
_EVALUATIONS = """
select metric_name, metric_value, ci_lower, ci_upper, baseline_name, baseline_value, protocol
from ml.evaluations
where run_id = %s and is_champion and coalesce(evaluation_kind, 'holdout') = 'holdout'
order by metric_name, baseline_name
"""


@dataclass(frozen=True)
class Mirrored:
    """What `mirror` did."""

    runs: int = 0
    aliases: int = 0


def is_on() -> bool:
    """Whether trainings are mirrored: not where CLIENTELE_MLFLOW is off."""
    return os.environ.get(SWITCH, "").lower() != "off"


def registered_name(source: str, task: str) -> str:
    """Name of a registered model: `<source>.<task>`."""
    return f"{source}.{task}"


def store_uri(settings: Settings) -> str:
    """Where MLflow keeps its tables. Holds the password."""
    url = settings.connection.url(hide_password=False)
    # SQLAlchemy would take another driver than the one that is installed.
    url = "postgresql+psycopg2" + url.removeprefix("postgresql")
    options = "options=" + quote(f"-csearch_path={SCHEMA}", safe="")
    return url + ("&" if "?" in url else "?") + options


def artefact_root(models_dir: Path) -> Path:
    """Where MLflow keeps its files."""
    return models_dir / "mlruns"


def mirror(settings: Settings, models_dir: Path) -> Mirrored:
    """Bring MLflow up to what `ml.*` holds.

    Raises:
        ClienteleError: MLflow's store cannot be reached or made; `ml.*` is not touched.
    """
    try:
        return _mirror(settings, models_dir)
    except ClienteleError:
        raise
    except Exception as error:
        reason = str(error).strip().splitlines()
        raise ClienteleError(
            f"MLflow was not brought up to date ({type(error).__name__}: "
            f"{reason[0][:200] if reason else 'no reason given'}); the next training tries again, "
            f"{SWITCH}=off does without"
        ) from error


def client(settings: Settings) -> Any:
    """Return an `mlflow.MlflowClient` of the warehouse; the schema is made if it is missing."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute("select to_regnamespace(%s) is null", (SCHEMA,))
        row = cursor.fetchone()
        if row and row[0]:
            cursor.execute(f"create schema {SCHEMA}")
    from mlflow import MlflowClient  # noqa: PLC0415 (its import takes seconds)

    uri = store_uri(settings)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def ui_command(models_dir: Path, host: str, port: int) -> list[str]:
    """The command that shows the store; its URL goes by the environment: it has a password."""
    return [
        sys.executable,
        "-m",
        "mlflow",
        "ui",
        "--host",
        host,
        "--port",
        str(port),
        "--default-artifact-root",
        artefact_root(models_dir).as_uri(),
    ]


def ui_environment(settings: Settings) -> dict[str, str]:
    """What the UI has to find in its environment."""
    uri = store_uri(settings)
    return {
        **os.environ,
        **QUIET,
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_REGISTRY_STORE_URI": uri,
    }


def _mirror(settings: Settings, models_dir: Path) -> Mirrored:
    mlflow_client = client(settings)
    runs = aliases = 0
    with connect(settings) as conn:
        for task, source in champions.pairs(conn):
            known = champions.versions(conn, models_dir, task, source)
            found = champions.words(conn, task, source)
            name = registered_name(source, task)
            experiment = _experiment(mlflow_client, models_dir, name)
            done = _logged(mlflow_client, experiment)
            for version in known:
                if version.run_id not in done:
                    rows = _evaluations(conn, version.run_id)
                    _log(mlflow_client, experiment, models_dir, name, version, rows)
                    runs += 1
            champion = next((v.model_version for v in known if v.is_champion), None)
            challenger = champions.challenger_version(found)
            aliases += _set_alias(mlflow_client, name, CHAMPION, champion)
            aliases += _set_alias(mlflow_client, name, CHALLENGER, challenger)
    return Mirrored(runs, aliases)


def _experiment(mlflow_client: Any, models_dir: Path, name: str) -> str:
    found = mlflow_client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    place = artefact_root(models_dir) / name
    return str(mlflow_client.create_experiment(name, artifact_location=place.as_uri()))


def _logged(mlflow_client: Any, experiment: str) -> set[str]:
    """Training runs that MLflow has in full; those that it has half are deleted."""
    found = set()
    for run in mlflow_client.search_runs([experiment], max_results=50_000):
        if run.data.tags.get(DONE_TAG):
            found.add(run.data.tags[RUN_TAG])
        elif RUN_TAG in run.data.tags:
            mlflow_client.delete_run(run.info.run_id)
    return found


def _log(  # noqa: PLR0913 (what a run holds)
    mlflow_client: Any,
    experiment: str,
    models_dir: Path,
    name: str,
    version: Version,
    rows: list[tuple[Any, ...]],
) -> None:
    from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415

    started = _milliseconds(version.trained_at)
    tags = {RUN_TAG: version.run_id, VERSION_TAG: version.model_version}
    run = mlflow_client.create_run(
        experiment, start_time=started, tags=tags, run_name=version.run_id
    )
    run_id = run.info.run_id
    mlflow_client.log_batch(
        run_id,
        metrics=[Metric(key, value, started, 0) for key, value in _metrics(rows).items()],
        params=[Param(key, value) for key, value in _params(version).items()],
        tags=[RunTag(key, value) for key, value in _tags(version, rows).items()],
    )
    task = name.rpartition(".")[2]
    source = name.rpartition(".")[0]
    if version.has_file:
        _log_model(
            mlflow_client, run_id, artefacts.load(models_dir, source, task, version.model_version)
        )
        _register(mlflow_client, name, run, version)
    mlflow_client.set_tag(run_id, DONE_TAG, "true")
    seconds = version.training_seconds or 0.0
    mlflow_client.set_terminated(run_id, end_time=started + int(seconds * 1000))


def _params(version: Version) -> dict[str, str]:
    chosen = json.loads(version.parameters) if version.parameters else {}
    found = {
        "estimator": version.model_name,
        "first_as_of_date": version.first_as_of_date,
        "trained_as_of_date": version.trained_as_of_date,
        "evaluated_as_of_date": version.evaluated_as_of_date,
        "training_row_count": version.training_row_count,
        "features": version.features,
        **_flat(chosen),
    }
    return {key: str(value)[:LONGEST_PARAM] for key, value in found.items() if value is not None}


def _flat(chosen: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in chosen.items():
        name = _key(f"{above}{key}")
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat


def _metrics(rows: list[tuple[Any, ...]]) -> dict[str, float]:
    """Metrics with the ends of their intervals and the baselines; what has no value is left out."""
    found: dict[str, float | None] = {}
    for metric, value, lower, upper, baseline, baseline_value, _ in rows:
        name = _key(metric)
        found |= {name: value, f"{name}_lower": lower, f"{name}_upper": upper}
        found[f"{name}.{_key(baseline)}"] = baseline_value
    return {key: float(value) for key, value in found.items() if value is not None}


def _tags(version: Version, rows: list[tuple[Any, ...]]) -> dict[str, str]:
    tags = {"protocol": str(rows[0][-1])} if rows else {}
    if version.word:
        tags |= {"decision": version.word.kind, "reason": version.word.reason}
    return tags


def _key(text: str) -> str:
    """MLflow's keys are letters, digits and a few signs."""
    return re.sub(r"[^\w.\-/ ]", "_", text)


def _log_model(mlflow_client: Any, run_id: str, artefact: Artefact) -> None:
    import joblib  # noqa: PLC0415
    from mlflow.models import Model  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="clientele-model-"))
    try:
        joblib.dump(artefact, folder / "model.joblib")
        described = Model(run_id=run_id, signature=signature(artefact.contract))
        described.add_flavor(
            "python_function", loader_module="ml.mlflow_model", data="model.joblib"
        )
        described.save(str(folder / "MLmodel"))
        mlflow_client.log_artifacts(run_id, str(folder), "model")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def signature(contract: FeatureContract) -> Any:
    """What a model takes: its keys and features. What it gives is the columns of its table."""
    from mlflow.models import ModelSignature  # noqa: PLC0415
    from mlflow.types import ColSpec, DataType, Schema  # noqa: PLC0415

    kinds = {"as_of_date": DataType.datetime}
    keys = [ColSpec(kinds.get(key, DataType.string), key) for key in contract.keys]
    features = [
        ColSpec(
            DataType.double if feature.kind == "numeric" else DataType.string,
            feature.name,
            required=False,
        )
        for feature in contract.features
    ]
    return ModelSignature(inputs=Schema([*keys, *features]))


def _register(mlflow_client: Any, name: str, run: Any, version: Version) -> None:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    # There already: an earlier version of the same model.
    with suppress(MlflowException):
        mlflow_client.create_registered_model(name)
    mlflow_client.create_model_version(
        name,
        source=f"{run.info.artifact_uri}/model",
        run_id=run.info.run_id,
        tags={VERSION_TAG: version.model_version},
        description=version.word.reason if version.word else None,
    )


def _set_alias(mlflow_client: Any, name: str, alias: str, wanted: str | None) -> int:
    """Point an alias at the MLflow version of one of ours, or take it away; 1 if it changed."""
    numbers = {
        each.tags.get(VERSION_TAG): str(each.version)
        for each in sorted(
            mlflow_client.search_model_versions(f"name='{name}'"), key=lambda v: int(v.version)
        )
    }
    if not numbers:
        return 0
    now = mlflow_client.get_registered_model(name).aliases.get(alias)
    target = numbers.get(wanted) if wanted else None
    if target == (None if now is None else str(now)):
        return 0
    if target is None:
        mlflow_client.delete_registered_model_alias(name, alias)
    else:
        mlflow_client.set_registered_model_alias(name, alias, target)
    return 1


def _evaluations(conn: Any, run_id: str) -> list[tuple[Any, ...]]:
    with conn.cursor() as cursor:
        cursor.execute(_EVALUATIONS, (run_id,))
        return list(cursor.fetchall())


def _milliseconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)
