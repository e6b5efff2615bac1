"""A tiny shop in a real database, with features and the tables of ml, made without dbt."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import yaml

from tests.embedded_help import PROJECT_DIR
from tests.load_help import execute
from tests.unit.ml.shop import CONTRACT, HORIZON, frame
from warehouse.bulk import append_frame
from warehouse.connect import connect
from warehouse.settings import Settings

TYPES = {"is_churned": "boolean", "horizon_days": "int", "history_days": "int"}


def make_ml_tables(settings: Settings) -> None:
    """Create the tables of ml from their contract."""
    path = PROJECT_DIR / "models/staging/ml/_ml__sources.yml"
    execute(settings, "drop schema if exists ml cascade; create schema ml")
    for table in yaml.safe_load(path.read_text("utf-8"))["sources"][0]["tables"]:
        columns = ", ".join(f"{c['name']} {c['data_type']}" for c in table["columns"])
        execute(settings, f"create table ml.{table['name']} ({columns})")


def make_features(settings: Settings, rows: pd.DataFrame, today: str) -> None:
    """Write features, labels and as-of dates of a shop; of today there are no labels."""
    execute(settings, "drop schema if exists features cascade; create schema features")
    features = rows[[*CONTRACT.keys, *CONTRACT.feature_names]]
    closed = rows[rows["as_of_date"] < today]
    labels = closed[[*CONTRACT.keys, "label_end_date", "is_churned"]]
    dates = rows.groupby(["source_name", "as_of_date"], as_index=False)["label_end_date"].first()
    first = dates["as_of_date"].min() - pd.Timedelta(days=HORIZON)
    dates["is_today"] = dates["as_of_date"] == today
    dates["is_label_complete"] = ~dates["is_today"]
    dates["history_days"] = (dates["as_of_date"] - first).dt.days
    dates["horizon_days"] = HORIZON
    named = {"ftr_customers": features, "lbl_customers": labels, "ftr_as_of_dates": dates}
    for name, table in named.items():
        columns = ", ".join(f"{each} {_type(each, table[each])}" for each in table)
        execute(settings, f"create table features.{name} ({columns})")
        with connect(settings) as conn:
            append_frame(conn, f"features.{name}", table)


def shop_rows(dates: list[str], seed: int = 1, customers: int = 300) -> pd.DataFrame:
    """Features and labels of the tiny shop."""
    return frame(dates, customers, seed)


def write_manifest(folder: Path, features: tuple[str, ...] = CONTRACT.feature_names) -> Path:
    """Write what dbt's manifest says of the feature model."""
    kinds = {feature.name: feature.kind for feature in CONTRACT.features}
    columns = {key: {"config": {"meta": {"role": "key"}}} for key in CONTRACT.keys}
    for name in features:
        columns[name] = {"config": {"meta": {"role": "feature", "kind": kinds[name]}}}
    node = {"schema": "features", "alias": "ftr_customers", "columns": columns}
    path = folder / "manifest.json"
    path.write_text(json.dumps({"nodes": {"model.clientele.ftr_customers": node}}))
    return path


def _type(name: str, values: pd.Series) -> str:
    if name in TYPES:
        return TYPES[name]
    if name.endswith("_date"):
        return "date"
    if values.dtype == bool:
        return "boolean"
    return "numeric" if values.dtype == float else "text"
