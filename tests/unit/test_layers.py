"""The house has one direction: models, Python packages and SQL that more than one engine reads.

Nothing here needs a database. The baseline of exceptions is empty and stays so.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.embedded_help import PROJECT_DIR

EXCEPTIONS: frozenset[str] = frozenset()

# Who may read whom; `seed` may be read by all, staging and predictions have rules of their own.
MAY_READ = {
    "intermediate": {"staging", "intermediate"},
    "features": {"intermediate", "features"},
    "predictions": {"staging/ml", "features", "predictions", "marts"},
    "marts": {"intermediate", "marts", "predictions"},
    # Of staging it counts loads and rejects; the rows of single shops are none of its business.
    # What became of a score is counted from the orders of today's customers.
    "monitoring": {
        *("staging", "staging/landing", "staging/ml"),
        *("intermediate", "features", "predictions", "marts", "monitoring"),
    },
}
KNOWS_NO_ML = {"staging", "intermediate", "features"}
MAY_IMPORT = {
    "warehouse": set(),
    "ingest": {"warehouse"},
    "ml": {"warehouse"},
    "apps": {"warehouse", "ml"},
    "orchestration": {"warehouse", "ingest", "ml", "apps"},
}
DRIVERS = ("psycopg2", "psycopg", "asyncpg", "adbc_driver_manager", "adbc_driver_postgresql")
ONE_ENGINE_ONLY = {
    "distinct on": r"\bdistinct\s+on\b",
    "::": r"::",
    "generate_series(": r"\bgenerate_series\s*\(",
    "to_char(": r"\bto_char\s*\(",
    "string_agg(": r"\b(string_agg|listagg|array_agg)\s*\(",
    "now()": r"\b(now\s*\(|current_date\b|current_timestamp\b|clock_timestamp\b)",
    "qualify": r"\bqualify\b",
    "any_value(": r"\bany_value\s*\(",
    "extract(dow|epoch)": r"\bextract\s*\(\s*(dow|isodow|epoch)\b",
    "interval": r"\binterval\s+'",
    "at time zone": r"\bat\s+time\s+zone\b",
    "~": r"~",
    "backslash": r"\\",
}


@dataclass(frozen=True)
class Graph:
    """dbt's manifest, as far as the rules look at it."""

    nodes: dict[str, dict[str, Any]]
    sources: dict[str, dict[str, Any]]

    def models(self) -> list[dict[str, Any]]:
        return [node for node in self.nodes.values() if node["resource_type"] == "model"]

    def parents(self, unique_id: str) -> list[str]:
        return self.nodes.get(unique_id, {}).get("depends_on", {}).get("nodes", [])

    def ancestors(self, unique_id: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self.parents(unique_id))
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting += self.parents(parent)
        return found

    def stands_on_ml(self, unique_id: str) -> bool:
        return any(
            parent in self.sources and self.sources[parent]["source_name"] == "ml"
            for parent in self.ancestors(unique_id)
        )


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The manifest of the working tree, made by `dbt parse`, which opens no connection."""
    folder = tmp_path_factory.mktemp("dbt_parse")
    profile = {"type": "postgres", "host": "nowhere.invalid", "port": 1, "user": "nobody"}
    profile |= {"password": "", "dbname": "nothing", "schema": "analytics", "threads": 1}
    outputs = {"clientele": {"target": "parse", "outputs": {"parse": profile}}}
    (folder / "profiles.yml").write_text(json.dumps(outputs), "utf-8")
    command = [str(Path(sys.executable).with_name("dbt")), "--warn-error", "--no-use-colors"]
    command += ["parse", "--target", "parse", "--project-dir", str(PROJECT_DIR)]
    command += ["--profiles-dir", str(folder), "--log-path", str(folder)]
    command += ["--target-path", str(folder)]
    env = os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    return Graph(manifest["nodes"], manifest["sources"])


def layer(node: dict[str, Any]) -> str:
    """staging/<source>, or the folder under models/; seed for a seed."""
    if node["resource_type"] != "model":
        return str(node["resource_type"])
    folders = Path(node["original_file_path"]).parts[1:-1]
    return "/".join(folders[:2]) if folders[0] == "staging" else str(folders[0])


def reading_faults(graph: Graph) -> Iterator[str]:
    """Every reference from one layer to another that the direction of the house forbids."""
    for node in graph.models():
        for parent in graph.parents(node["unique_id"]):
            if not _may_read(graph, node, parent):
                yield f"{node['name']} reads {parent}"


def _may_read(graph: Graph, node: dict[str, Any], parent_id: str) -> bool:
    own = layer(node)
    if parent_id in graph.sources:
        return own == f"staging/{graph.sources[parent_id]['source_name']}"
    parent = graph.nodes[parent_id]
    read = layer(parent)
    if read == "seed":
        return True
    if own.startswith("staging"):
        # A model beside the source folders (staging_rejects) sums them up, so it may read them all.
        return read == own or (own == "staging" and read.startswith("staging/"))
    if own == "predictions" and read == "marts" and graph.stands_on_ml(parent_id):
        return False
    allowed = MAY_READ[own]
    if own == "monitoring" and read.startswith("staging"):
        return read in allowed
    return read in allowed or (read.split("/")[0] in allowed and read != "staging/ml")


def leaking_models(graph: Graph) -> Iterator[str]:
    """Models of the past that stand on what a model predicted."""
    for node in graph.models():
        own = layer(node)
        past = own.split("/")[0] in KNOWS_NO_ML and own != "staging/ml"
        if past and graph.stands_on_ml(node["unique_id"]):
            yield f"{node['name']} stands on source ml"


def models_without_grain(graph: Graph) -> Iterator[str]:
    """Models whose grain is not stated, or not tested."""
    tested = {
        node.get("attached_node")
        for node in graph.nodes.values()
        if (node.get("test_metadata") or {}).get("name")
        in ("unique", "unique_combination_of_columns", "primary_key")
    }
    for node in graph.models():
        if not node["description"].startswith("One row per "):
            yield f"{node['name']}: description does not begin with its grain"
        if node["unique_id"] not in tested:
            yield f"{node['name']}: no test of its grain"


def models_without_contract(graph: Graph) -> Iterator[str]:
    """Models that others read and whose columns and types are not promised."""
    for node in graph.models():
        is_read = layer(node).split("/")[0] in ("marts", "features", "predictions", "monitoring")
        if is_read and not node["config"]["contract"]["enforced"]:
            yield node["name"]


def undescribed_columns(graph: Graph) -> Iterator[str]:
    """Columns that YAML names without a description, and models whose columns YAML leaves out."""
    for node in graph.models():
        if not node["columns"]:
            yield f"{node['name']}: no columns in YAML"
        for name, column in node["columns"].items():
            if not column["description"].strip():
                yield f"{node['name']}.{name}"


def test_models_read_in_one_direction(graph: Graph) -> None:
    assert frozenset(reading_faults(graph)) == EXCEPTIONS


def test_nothing_of_the_past_stands_on_predictions(graph: Graph) -> None:
    assert frozenset(leaking_models(graph)) == EXCEPTIONS


def test_every_model_states_and_tests_its_grain(graph: Graph) -> None:
    assert frozenset(models_without_grain(graph)) == EXCEPTIONS


def test_what_others_read_is_under_a_contract(graph: Graph) -> None:
    assert frozenset(models_without_contract(graph)) == EXCEPTIONS


def test_every_column_is_described(graph: Graph) -> None:
    assert frozenset(undescribed_columns(graph)) == EXCEPTIONS


def test_every_raw_table_is_accounted_for(graph: Graph) -> None:
    """A new source must join staging_rejects and the tests that add rows up."""
    raw = {
        unique_id
        for unique_id, source in graph.sources.items()
        if source["source_meta"].get("managed") == "raw"
    }
    assert raw
    accounts = (
        "model.clientele.staging_rejects",
        "test.clientele.raw_rows_are_staged_or_rejected",
        "test.clientele.loaded_batches_hold_the_rows_of_the_ledger",
    )
    for account in accounts:
        assert raw - graph.ancestors(account) == frozenset(), account


def fake(name: str, folder: str, parents: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "unique_id": f"model.clientele.{name}",
        "name": name,
        "resource_type": "model",
        "original_file_path": f"models/{folder}/{name}.sql",
        "depends_on": {"nodes": list(parents)},
        "description": "One row per thing.",
        "columns": {},
    }


@pytest.mark.parametrize(
    ("folder", "read"),
    [
        ("staging/shop", "source.clientele.ml.scores"),
        ("staging/shop", "model.clientele.stg_other"),
        ("intermediate/sales", "source.clientele.shop.orders"),
        ("intermediate/sales", "model.clientele.mart"),
        ("intermediate/sales", "model.clientele.stg_ml"),
        ("features", "model.clientele.stg_other"),
        ("features", "model.clientele.mart"),
        ("features", "model.clientele.prediction"),
        ("marts/core", "model.clientele.stg_other"),
        ("marts/core", "model.clientele.stg_ml"),
        ("predictions", "model.clientele.stg_other"),
        ("predictions", "model.clientele.wide_mart"),
        ("monitoring", "model.clientele.stg_other"),
    ],
)
def test_a_reference_against_the_direction_is_found(folder: str, read: str) -> None:
    known = [
        fake("stg_other", "staging/other"),
        fake("stg_ml", "staging/ml", ["source.clientele.ml.scores"]),
        fake("prediction", "predictions", ["model.clientele.stg_ml"]),
        fake("mart", "marts/core"),
        fake("wide_mart", "marts/customers", ["model.clientele.prediction"]),
        fake("planted", folder, [read]),
    ]
    sources = {
        "source.clientele.ml.scores": {"source_name": "ml"},
        "source.clientele.shop.orders": {"source_name": "shop"},
    }
    planted = Graph({node["unique_id"]: node for node in known}, sources)
    assert list(reading_faults(planted)) == [f"planted reads {read}"]


# Python


def python_files() -> list[Path]:
    packages = [PROJECT_DIR / name for name in MAY_IMPORT]
    return sorted(path for package in packages for path in package.rglob("*.py"))


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Local name to dotted origin, for every import of a module, wherever it stands."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                names[item.asname or item.name] = item.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for item in node.names:
                names[item.asname or item.name] = f"{node.module}.{item.name}"
    return names


def import_faults(package: str, source: str) -> list[str]:
    """Imports of a package of ours that this package must not know."""
    origins = imported_names(ast.parse(source)).values()
    roots = {origin.split(".")[0] for origin in origins}
    forbidden = set(MAY_IMPORT) - MAY_IMPORT[package] - {package}
    return sorted(roots & forbidden)


def opened_connections(source: str) -> list[str]:
    """Calls, or mere imports, of a driver's connect."""
    tree = ast.parse(source)
    names = imported_names(tree)
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    dotted = set(names.values()) | {
        path.replace(local, origin, 1)
        for path in used
        for local, origin in names.items()
        if path.startswith(f"{local}.")
    }
    return sorted(
        path
        for path in dotted
        if path.split(".")[0] in DRIVERS and path.rsplit(".", 1)[-1] in ("connect", "create_pool")
    )


@pytest.mark.parametrize(
    "path", python_files(), ids=lambda path: str(path.relative_to(PROJECT_DIR))
)
def test_python_imports_in_one_direction(path: Path) -> None:
    package = path.relative_to(PROJECT_DIR).parts[0]
    source = path.read_text("utf-8")
    assert import_faults(package, source) == []
    assert package == "warehouse" or opened_connections(source) == []


@pytest.mark.parametrize(
    ("package", "source", "fault"),
    [
        ("warehouse", "from ingest.load import load_file", ["ingest"]),
        ("warehouse", "def f():\n    import ml.frames as frames", ["ml"]),
        ("ingest", "import orchestration", ["orchestration"]),
        ("ml", "from ingest import sample", ["ingest"]),
        ("apps", "import ingest.load", ["ingest"]),
        ("ml", "from warehouse.bulk import read_table\nimport mlflow", []),
        ("orchestration", "import ml, ingest, warehouse, apps", []),
    ],
)
def test_an_import_against_the_direction_is_found(
    package: str, source: str, fault: list[str]
) -> None:
    assert import_faults(package, source) == fault


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import psycopg2\npsycopg2.connect('x')", ["psycopg2.connect"]),
        ("from psycopg2 import connect as c", ["psycopg2.connect"]),
        (
            "from adbc_driver_postgresql import dbapi\ndbapi.connect('x')",
            ["adbc_driver_postgresql.dbapi.connect"],
        ),
        ("import asyncpg\nasyncpg.create_pool()", ["asyncpg.create_pool"]),
        ("import psycopg2\nfrom psycopg2 import sql\npsycopg2.Error", []),
        ("from warehouse.connect import connect\nconnect()", []),
    ],
)
def test_a_connection_of_ones_own_is_found(source: str, found: list[str]) -> None:
    assert opened_connections(source) == found


# SQL


def sql_files() -> list[Path]:
    folders = [PROJECT_DIR / "models", PROJECT_DIR / "tests" / "data"]
    return sorted(path for folder in folders for path in folder.rglob("*.sql"))


def dialect_faults(text: str) -> list[str]:
    """What of the SQL only one engine understands, comments left aside.

    In Jinja only the double-quoted strings are SQL: `~` joins strings there.
    """
    text = re.sub(r"\{#.*?#\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", " ", text)
    jinja = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, flags=re.DOTALL)
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    strings = [found for block in jinja for found in re.findall(r'"([^"]*)"', block)]
    looked_at = "\n".join([plain, *strings]).lower()
    faults = [name for name, rule in ONE_ENGINE_ONLY.items() if re.search(rule, looked_at)]
    return faults + (["quoted identifier"] if '"' in plain else [])


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: path.stem)
def test_sql_runs_on_more_than_one_engine(path: Path) -> None:
    assert dialect_faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("select distinct on (a) a from t", ["distinct on"]),
        ("select a::int from t", ["::"]),
        ("select * from generate_series(1, 2)", ["generate_series("]),
        ("select string_agg(a, ',') from t", ["string_agg("]),
        ("select a from t where a ~ 'x'", ["~"]),
        ('{{ first_reason([["a ~ 3", "reason"]]) }}', ["~"]),
        ("select NOW() as a", ["now()"]),
        ("select current_date as a", ["now()"]),
        ('select "a" from t', ["quoted identifier"]),
        ("select to_char(a, 'x') as b", ["to_char("]),
        ("select a + interval '1 day' as b", ["interval"]),
        ("{{ number_spine(600) }} -- now() \n{# a::b #}", []),
        ("{{ dbt.hash('a' ~ 'b') }} as a, known_at", []),
    ],
)
def test_sql_of_one_engine_is_found(text: str, faults: list[str]) -> None:
    assert dialect_faults(text) == faults
