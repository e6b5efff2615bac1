"""`/models` and `/batch`: which models answer, and scoring runs in the background."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from apps.api.jobs import JobRunning
from apps.api.json_answer import json_answer
from apps.api.routes.errors import EVERYWHERE, MISSING
from apps.api.routes.predict import served_or_404
from apps.api.schemas import Job, ModelMetadata, Rows, ServedModel
from apps.api.served import Served, known_task, score_table
from apps.api.state import Shared

router = APIRouter()
BUSY: dict[int | str, dict[str, Any]] = {409: {"description": "Another run has not ended"}}
TASK_OF = {"churn-prediction": "churn", "lifetime-value": "clv"}
"""Runs that are known by another name than their task."""
RUN_FACTS = """
select first_as_of_date, evaluated_as_of_date, training_row_count, parameters
from predictions.model_versions
where task_name = $1 and source_name = $2 and model_version = $3
"""
METRICS = """
select metric_name, metric_value, ci_lower, ci_upper, baseline_name, baseline_value, protocol,
    evaluated_as_of_date, sample_count
from predictions.model_evaluations
where task_name = $1 and source_name = $2 and model_version = $3 and is_champion
order by metric_name, baseline_name
"""
Name = Annotated[str, Path(max_length=100)]
Source = Annotated[str | None, Query(max_length=100)]


class RunRequest(BaseModel):
    """Which shop to score."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"source": "sample"}]}
    )

    source: Annotated[str | None, Field(max_length=100)] = None
    """The shop, all of them by default."""


class LoadRequest(BaseModel):
    """Which version to serve."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": "champion"}]}
    )

    version: Annotated[str, Field(min_length=1, max_length=100)]
    """A version of /models, or "champion": the one that the batch scores with, whichever that is
    from then on."""
    source: Annotated[str | None, Field(max_length=100)] = None


@router.get("/models", response_model=Rows, tags=["models"], summary="Models that answer")
async def models(state: Shared) -> Response:
    """Return every served model."""
    return json_answer({"items": [_served(each) for each in state.models.all()]})


@router.get(
    "/models/{name}/metadata",
    response_model=ModelMetadata,
    tags=["models"],
    summary="Data window, features and metrics of the served version",
    responses=MISSING,
)
async def metadata(name: Name, state: Shared, source: Source = None) -> Response:
    """Return what a request must give, what the model was fitted to, and how good it is."""
    served = served_or_404(state, name, source)
    artefact = served.artefact
    key = (artefact.task_name, artefact.source_name, artefact.model_version)
    facts = await state.pool.rows(RUN_FACTS, *key)
    found = facts[0] if facts else {}
    features = [
        {"name": each.name, "kind": each.kind, "description": each.description}
        for each in artefact.contract.features
    ]
    return json_answer(
        {
            **_served(served),
            "features": features,
            "first_as_of_date": found.get("first_as_of_date"),
            "evaluated_as_of_date": found.get("evaluated_as_of_date"),
            "training_row_count": found.get("training_row_count"),
            "parameters": json.loads(found.get("parameters") or "{}"),
            "metrics": await state.pool.rows(METRICS, *key),
        }
    )


@router.post(
    "/models/{name}/load",
    response_model=ServedModel,
    tags=["models"],
    summary="Serve another version",
    responses={**EVERYWHERE, **MISSING},
)
async def load(name: Name, request: LoadRequest, state: Shared) -> Response:
    """Serve a version from the next request on; requests that are under way keep theirs.

    A version that cannot be loaded leaves the old one. It holds for this server until it is
    stopped; `clientele models promote` changes who scores for good.
    """
    try:
        served = await state.models.load(known_task(name), request.source, request.version)
    except LookupError as error:
        raise HTTPException(404, str(error)) from None
    return json_answer(_served(served))


@router.post(
    "/batch/{name}",
    response_model=Job,
    status_code=202,
    tags=["jobs"],
    summary="Score in the background",
    responses={**EVERYWHERE, **MISSING, **BUSY},
)
async def start(name: Name, state: Shared, request: RunRequest | None = None) -> Response:
    """Start a scoring run of a task: `churn-prediction`, `segmentation`, `lifetime-value`, or any
    task of `clientele score`. One at a time."""
    try:
        task = known_task(TASK_OF.get(name, name.replace("-", "_")))
        source = request.source if request else None
        if source is not None:
            state.models.find(task, source)
        job = await state.jobs.start(task, score_table(task), source)
    except LookupError as error:
        raise HTTPException(404, str(error)) from None
    except JobRunning as error:
        raise HTTPException(409, str(error)) from None
    return json_answer(job, 202)


@router.get("/batch", response_model=Rows, tags=["jobs"], summary="Newest background runs")
async def jobs(state: Shared) -> Response:
    """Return the newest runs, newest first."""
    return json_answer({"items": await state.jobs.all()})


@router.get("/batch/{job_id}", response_model=Job, tags=["jobs"], responses=MISSING)
async def job(
    job_id: Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9_-]+$")], state: Shared
) -> Response:
    """Return the state of a run: running, succeeded, failed or interrupted."""
    found = await state.jobs.find(job_id)
    if found is None:
        raise HTTPException(404, "there is no such job")
    return json_answer(found)


def _served(served: Served) -> dict[str, Any]:
    artefact = served.artefact
    return {
        "name": artefact.task_name,
        "source": artefact.source_name,
        "version": artefact.model_version,
        "estimator": artefact.model_name,
        "trained_as_of_date": artefact.trained_as_of_date,
        "is_pinned": served.is_pinned,
        "loaded_at": served.loaded_at,
    }
