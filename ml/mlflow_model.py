"""How MLflow loads a model of ours: `mlflow.pyfunc.load_model("models:/sample.churn@champion")`."""

from __future__ import annotations

from typing import Any

import joblib
import pandas as pd

from ml.artefact import Artefact


class Scorer:
    """What MLflow calls. It gives what the batch gives: both go through `task.predict`."""

    def __init__(self, artefact: Artefact) -> None:
        self.artefact = artefact

    def predict(self, frame: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Score a feature frame with its keys."""
        from ml.jobs import find_task  # noqa: PLC0415 (the tasks import half of the package)

        return find_task(self.artefact.task_name).predict(self.artefact, frame)


def _load_pyfunc(path: str) -> Scorer:
    return Scorer(joblib.load(path))
