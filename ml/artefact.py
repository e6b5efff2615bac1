"""A fitted model as one file: the whole pipeline with what it was fitted to."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import joblib

from ml.feature_contract import FeatureContract
from warehouse.errors import ClienteleError


@dataclass(frozen=True)
class Artefact:
    """Everything that scoring needs. Scoring never refits.

    `estimator` is the fitted pipeline from the feature frame on; `details` holds what the task
    wants to remember, such as the names of personas or the horizon in days.
    """

    task_name: str
    source_name: str
    model_name: str
    model_version: str
    contract: FeatureContract
    trained_as_of_date: date
    estimator: Any
    details: dict[str, Any]


def artefact_path(models_dir: Path, source: str, task: str, version: str) -> Path:
    """Where the artefact of a version lies."""
    return models_dir / source / task / f"{version}.joblib"


def save(artefact: Artefact, models_dir: Path) -> Path:
    """Write the artefact whole or not at all; a version that is there already is replaced."""
    path = artefact_path(
        models_dir, artefact.source_name, artefact.task_name, artefact.model_version
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(descriptor)
    try:
        joblib.dump(artefact, name)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def load(models_dir: Path, source: str, task: str, version: str) -> Artefact:
    """Read the artefact of a version.

    Raises:
        ClienteleError: the file is missing or was written by something else.
    """
    path = artefact_path(models_dir, source, task, version)
    try:
        artefact = joblib.load(path)
    except FileNotFoundError:
        raise ClienteleError(
            f"model file {path.name} of {task} for {source} is missing in {path.parent}: "
            f"run 'clientele train {task}'"
        ) from None
    except Exception as error:
        raise ClienteleError(
            f"model file {path} cannot be read ({type(error).__name__}): "
            f"run 'clientele train {task} --force'"
        ) from error
    if not isinstance(artefact, Artefact):
        raise ClienteleError(f"{path} is no Clientele model: run 'clientele train {task} --force'")
    return artefact
