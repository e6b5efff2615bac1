"""What there is to learn from, read out of dbt's manifest: a new feature needs no Python."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

import pandas as pd
from pydantic import BaseModel, ConfigDict

from warehouse.errors import ClienteleError

Kind = Literal["numeric", "categorical", "text"]
KINDS = get_args(Kind)
FEATURE_META = ("kind", "theme", "phrase", "phrase_unknown")


class Feature(BaseModel):
    """One column of a feature model whose YAML says `role: feature`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    description: str = ""
    theme: str | None = None
    """What the feature is about: features of one theme give one reason. By default, itself."""
    phrase: str | None = None
    """The reason in words; `{name}` stands for the value of a feature of the same row."""
    phrase_unknown: str | None = None
    """The same where a feature that the phrase names is null."""

    @property
    def about(self) -> str:
        """The theme."""
        return self.theme or self.name


class FeatureContract(BaseModel):
    """The keys and features of one feature model, in the order of its YAML."""

    model_config = ConfigDict(frozen=True)

    relation: str
    keys: tuple[str, ...]
    features: tuple[Feature, ...]

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """All features."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kind of every feature."""
        return {feature.name: feature.kind for feature in self.features}

    def known_in(self, frame: pd.DataFrame) -> FeatureContract:
        """The contract without features that are null in every row: this shop does not have them.

        An empty frame says nothing, and takes nothing away.
        """
        if frame.empty:
            return self
        known = frame[list(self.feature_names)].notna().any()
        features = tuple(feature for feature in self.features if known[feature.name])
        return FeatureContract(relation=self.relation, keys=self.keys, features=features)

    def only(self, names: Sequence[str]) -> FeatureContract:
        """The contract of these features alone, for a task that looks at no others.

        Raises:
            ClienteleError: one is no feature of the model.
        """
        lacking = [name for name in names if name not in self.kinds]
        if lacking:
            raise ClienteleError(
                f"{self.relation} has no feature {', '.join(lacking)}: declare the column with "
                "role: feature in the YAML of the model, then run 'clientele build'"
            )
        features = tuple(feature for feature in self.features if feature.name in names)
        return FeatureContract(relation=self.relation, keys=self.keys, features=features)

    def names(self, kind: Kind) -> list[str]:
        """Features of one kind."""
        return [feature.name for feature in self.features if feature.kind == kind]


def read_feature_contract(manifest_path: Path, model: str) -> FeatureContract:
    """Read the contract of a feature model from `target/manifest.json`.

    Raises:
        ClienteleError: dbt has not been run, the model is not in the manifest, or a column's
            meta names an unknown role or kind.
    """
    node = _node(manifest_path, model)
    roles = {name: _meta(model, name, column) for name, column in node["columns"].items()}
    features = [
        Feature(
            name=name,
            description=" ".join((node["columns"][name].get("description") or "").split()),
            **{key: value for key, value in meta.items() if key in FEATURE_META},
        )
        for name, meta in roles.items()
        if meta.get("role") == "feature"
    ]
    _check_phrases(model, features)
    if not features:
        raise ClienteleError(f"{model} declares no column with role: feature in its YAML")
    return FeatureContract(
        relation=f"{node['schema']}.{node['alias']}",
        keys=tuple(name for name, meta in roles.items() if meta.get("role") == "key"),
        features=tuple(features),
    )


@lru_cache(maxsize=1)
def _nodes(manifest_path: Path, _changed_at: int, _size: int) -> dict[str, Any]:
    """The nodes of a manifest; a job asks for several models, and reading takes half a second."""
    nodes: dict[str, Any] = json.loads(manifest_path.read_text(encoding="utf-8"))["nodes"]
    return nodes


def _node(manifest_path: Path, model: str) -> dict[str, Any]:
    try:
        stat = manifest_path.stat()
        nodes = _nodes(manifest_path, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        raise ClienteleError(f"{manifest_path} is missing: run 'clientele build' first") from None
    except (ValueError, KeyError):
        raise ClienteleError(
            f"{manifest_path} is no dbt manifest: delete it and run 'clientele build'"
        ) from None
    node = nodes.get(f"model.clientele.{model}")
    if node is None:
        raise ClienteleError(f"the dbt manifest has no model {model}: run 'clientele build'")
    found: dict[str, Any] = node
    return found


def _meta(model: str, name: str, column: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = column.get("config", {}).get("meta") or column.get("meta") or {}
    if meta.get("role") not in (None, "key", "feature", "label", "weight"):
        raise ClienteleError(
            f"{model}.{name}: role {meta['role']!r} is none of key, feature, label, weight"
        )
    if meta.get("role") == "feature" and meta.get("kind") not in KINDS:
        raise ClienteleError(
            f"{model}.{name}: kind {meta.get('kind')!r} is none of {', '.join(KINDS)}"
        )
    return meta


def _check_phrases(model: str, features: list[Feature]) -> None:
    known = {feature.name for feature in features}
    for feature in features:
        for phrase in (feature.phrase, feature.phrase_unknown):
            unknown = names_in(phrase or "") - known
            if unknown:
                raise ClienteleError(
                    f"{model}.{feature.name}: a phrase names {', '.join(sorted(unknown))}, "
                    "which is no feature"
                )


def names_in(phrase: str) -> set[str]:
    """Features whose values a phrase says."""
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}
