"""What dbt's manifest declares about a table: its keys, and which columns are personal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.profile.catalogue import Relation

KEY_TESTS = ("unique", "unique_combination_of_columns", "primary_key")


@dataclass(frozen=True)
class Declared:
    """What the YAML of a model or source table says, as far as a profile needs it."""

    keys: list[tuple[str, ...]] = field(default_factory=list)
    pii: dict[str, bool] = field(default_factory=dict)
    """Column to what its meta says; a column without the mark is not in it."""


def read_manifest(path: Path) -> dict[str, Any]:
    """Return dbt's manifest, or an empty one: a table can be profiled before the first build."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def declared(manifest: dict[str, Any], relation: Relation) -> Declared:
    """Return what the manifest declares about a relation."""
    node = next(_nodes(manifest, relation), None)
    if node is None:
        return Declared()
    marks = {name: pii_mark(column) for name, column in (node.get("columns") or {}).items()}
    return Declared(
        keys=list(dict.fromkeys(_keys(manifest, node["unique_id"]))),
        pii={name: mark for name, mark in marks.items() if mark is not None},
    )


def _nodes(manifest: dict[str, Any], relation: Relation) -> Iterator[dict[str, Any]]:
    for node in (manifest.get("nodes") or {}).values():
        kind = node.get("resource_type")
        names = (node.get("schema"), node.get("alias"))
        if kind in ("model", "seed", "snapshot") and names == (relation.schema, relation.name):
            yield node
    for source in (manifest.get("sources") or {}).values():
        if (source.get("schema"), source.get("identifier")) == (relation.schema, relation.name):
            yield source


def _keys(manifest: dict[str, Any], unique_id: str) -> Iterator[tuple[str, ...]]:
    for test in (manifest.get("nodes") or {}).values():
        named = test.get("test_metadata") or {}
        tested = [test.get("attached_node"), *(test.get("depends_on") or {}).get("nodes", [])]
        if named.get("name") not in KEY_TESTS or unique_id not in tested[:2]:
            continue
        arguments = named.get("kwargs") or {}
        arguments = {**arguments, **(arguments.get("arguments") or {})}
        # A test under a condition (config: where) speaks of some rows only.
        if (test.get("config") or {}).get("where"):
            continue
        several = arguments.get("combination_of_columns") or arguments.get("column_names")
        columns = several or [arguments.get("column_name")]
        if all(isinstance(column, str) for column in columns):
            yield tuple(columns)


def pii_mark(column: dict[str, Any]) -> bool | None:
    """Return what the YAML of a column says of `pii`, or None where it says nothing."""
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return bool(meta["pii"]) if "pii" in meta else None
