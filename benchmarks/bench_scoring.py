"""How fast customers are scored end to end, against what no scoring can do without.

    python benchmarks/bench_scoring.py [--customers N] [--repeats N]

scoring: `ml.jobs.score` of the churn task in a process of its own, without reasons: look up the
champion, read the features, check and hash them, predict, write the scores, commit.
bare: LightGBM's own predict on a matrix that lies in memory, with all cores as in scoring, plus
COPY of the finished rows from memory, commit included. No reading, no categories, no keys.
memory: the most that the scoring process held, as the system tells it.

Runs take turns; each number is a median. Customers are generated, with the columns and types of
features.ftr_customers. In a database of its own on the configured server.
"""

from __future__ import annotations

import argparse
import io
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import yaml

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from ml import artefact as artefacts  # noqa: E402
from ml import estimators, store  # noqa: E402
from ml.artefact import Artefact  # noqa: E402
from ml.churn import Churn  # noqa: E402
from ml.feature_contract import Feature, FeatureContract  # noqa: E402
from ml.frames import scoring_chunks  # noqa: E402
from ml.store import Promotion  # noqa: E402
from ml.threads import threads_for  # noqa: E402
from warehouse.connect import connect, ensure_server  # noqa: E402
from warehouse.settings import Settings, load_settings  # noqa: E402

SOURCE, DAY, FITTED_ROWS = "bench", date(2025, 1, 1), 20_000
KEYS = ("as_of_date", "customer_id", "source_name")
SCORE = """
import json, sys, time
from pathlib import Path
import psutil
from benchmarks.watch import high_water
from ml import jobs
from ml.churn import Churn
from warehouse.settings import Settings
settings = Settings.model_validate_json(sys.stdin.read())
started, cpu = time.perf_counter(), time.process_time()
report = jobs.score(settings, Path(sys.argv[1]), Churn(), "bench", explain=False)
assert report.outcome == "scored", report
print(json.dumps([
    time.perf_counter() - started,
    time.process_time() - cpu,
    high_water(psutil.Process()),
]))
"""


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    with _database() as settings, tempfile.TemporaryDirectory() as folder:
        contract, types = _contract()
        _make_tables(settings, contract, types, asked.customers)
        model = _fit(settings, contract, Path(folder))
        matrix, finished = _in_memory(settings, contract, model)
        bare, ours = [], []
        for _ in range(asked.repeats):
            bare.append(_bare(settings, model, matrix, finished))
            ours.append(_ours(settings, Path(folder)))
        _report(asked.customers, bare, ours)


def _report(
    customers: int, bare: list[tuple[float, float]], ours: list[tuple[float, float, float]]
) -> None:
    predict, copy = (statistics.median(each) for each in zip(*bare, strict=True))
    seconds, cpu, memory = (statistics.median(each) for each in zip(*ours, strict=True))
    print(f"{customers:,} customers")
    print(f"bare predict      {predict:8.2f} s")
    print(f"bare COPY         {copy:8.2f} s")
    print(f"scoring           {seconds:8.2f} s ({cpu:.2f} s of this process)")
    print(f"speed             {(predict + copy) / seconds:8.2f} of bare")
    print(f"memory            {memory:8,.0f} MB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


def _contract() -> tuple[FeatureContract, dict[str, str]]:
    """The features of the project's own YAML, with their types."""
    path = PROJECT_DIR / "models/features/_features__models.yml"
    models = yaml.safe_load(path.read_text("utf-8"))["models"]
    columns = next(model for model in models if model["name"] == "ftr_customers")["columns"]
    features, types = [], {}
    for column in columns:
        meta = column.get("config", {}).get("meta", {})
        if meta.get("role") == "feature":
            features.append(Feature(name=column["name"], kind=meta["kind"]))
            is_text = meta["kind"] == "categorical"
            types[column["name"]] = "text" if is_text else column["data_type"]
    return FeatureContract(relation="features.ftr_customers", keys=KEYS, features=features), types


def _make_tables(
    settings: Settings, contract: FeatureContract, types: dict[str, str], customers: int
) -> None:
    columns = [
        f"cast({_value(feature.name, types[feature.name])} as {types[feature.name]}) "
        f"as {feature.name}"
        for feature in contract.features
    ]
    path = PROJECT_DIR / "models/staging/ml/_ml__sources.yml"
    tables = yaml.safe_load(path.read_text("utf-8"))["sources"][0]["tables"]
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute("create schema ml; create schema features")
        for table in tables:
            listed = ", ".join(f"{c['name']} {c['data_type']}" for c in table["columns"])
            cursor.execute(f"create table ml.{table['name']} ({listed})")
        cursor.execute("create table bare (like ml.customer_churn_scores)")
        cursor.execute(
            "create table features.ftr_customers as select cast(%s as date) as as_of_date, "
            f"'{SOURCE}:C' || number as customer_id, '{SOURCE}' as source_name, "
            f"{', '.join(columns)} from generate_series(1, %s) as g (number)",
            (DAY, customers),
        )
        cursor.execute(
            "create table features.ftr_as_of_dates as select cast(%s as date) as as_of_date, "
            "cast(%s as date) + 90 as label_end_date, true as is_today, "
            f"false as is_label_complete, 400 as history_days, 90 as horizon_days, '{SOURCE}' "
            "as source_name",
            (DAY, DAY),
        )
    with connect(settings, autocommit=True) as conn, conn.cursor() as cursor:
        cursor.execute("vacuum analyze features.ftr_customers")


def _value(name: str, kind: str) -> str:
    if kind == "text":
        return "(array['GB', 'FR', 'DE', 'unknown'])[1 + (random() * 3)::int]"
    amount = "exp(3 + 2 * random())" if "amount" in name else "300 * random() * random()"
    return f"case when random() < 0.1 then null else {amount} end" if kind != "int" else amount


def _fit(settings: Settings, contract: FeatureContract, folder: Path) -> Artefact:
    """A model of LightGBM as the churn task builds it, made the champion."""
    rows = next(scoring_chunks(settings, contract, SOURCE, DAY, FITTED_ROWS))
    rng = np.random.default_rng(1)
    chance = 1 / (1 + np.exp(-(rows["days_since_last_order"] / 60 - rows["order_count"] / 60)))
    fitted = estimators.build("lightgbm", contract).fit(rows, rng.random(len(rows)) < chance)
    details = {"horizon_days": 90}
    made = Artefact("churn", SOURCE, "lightgbm", "v1", contract, DAY, fitted, details)
    artefacts.save(made, folder)
    with connect(settings) as conn:
        store.append_promotion(conn, "churn", SOURCE, Promotion("first", "v1", None, "benchmark"))
    return made


def _in_memory(
    settings: Settings, contract: FeatureContract, model: Artefact
) -> tuple[np.ndarray, bytes]:
    """The matrix that LightGBM sees, and the finished rows as COPY reads them."""
    matrices, written = [], io.BytesIO()
    for rows in scoring_chunks(settings, contract, SOURCE, DAY):
        matrices.append(np.asarray(model.estimator[:-1].transform(rows), dtype=np.float64))
        scores = (
            Churn()
            .predict(model, rows)
            .assign(
                model_name="lightgbm",
                model_version="v1",
                run_id=f"score-churn-{SOURCE}-0123456789ab-1",
                scored_at=pd.Timestamp("2025-01-01"),
            )
        )
        table = pa.Table.from_pandas(scores, preserve_index=False)
        pa_csv.write_csv(table, written, pa_csv.WriteOptions(include_header=False))
    return np.vstack(matrices), written.getvalue()


def _bare(
    settings: Settings, model: Artefact, matrix: np.ndarray, finished: bytes
) -> tuple[float, float]:
    """Seconds of predict and of COPY."""
    booster = model.estimator[-1].booster_
    started = time.perf_counter()
    booster.predict(matrix, num_threads=threads_for(len(matrix)))
    predicted = time.perf_counter()
    names = [*KEYS, "horizon_days", "churn_probability"]
    names += ["model_name", "model_version", "run_id", "scored_at"]
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.copy_expert(
            f"copy bare ({', '.join(names)}) from stdin with (format csv)", io.BytesIO(finished)
        )
    done = time.perf_counter() - predicted
    _truncate(settings)
    return predicted - started, done


def _ours(settings: Settings, folder: Path) -> tuple[float, float, float]:
    """Seconds, seconds of this process's CPU, and MB of one scoring."""
    shown = json.loads(settings.model_dump_json())
    password = settings.connection.password
    shown["connection"]["password"] = password.get_secret_value() if password else None
    done = subprocess.run(
        [sys.executable, "-c", SCORE, str(folder)],
        input=json.dumps(shown),
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT_DIR,
    )
    _truncate(settings)
    seconds, cpu, memory = json.loads(done.stdout)
    return seconds, cpu, memory


def _truncate(settings: Settings) -> None:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute("truncate bare, ml.customer_churn_scores")


@contextmanager
def _database() -> Iterator[Settings]:
    server = ensure_server(load_settings())
    name = f"clientele_bench_{secrets.token_hex(4)}"
    with connect(server, autocommit=True) as conn, conn.cursor() as cursor:
        cursor.execute(f"create database {name}")
    try:
        yield server.with_connection(server.connection.model_copy(update={"dbname": name}))
    finally:
        with connect(server, autocommit=True) as conn, conn.cursor() as cursor:
            cursor.execute(f"drop database {name} with (force)")


if __name__ == "__main__":
    main()
