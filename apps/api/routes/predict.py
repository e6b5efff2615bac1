"""`/predict/...`: online predictions from features in the request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from apps.api.answers import Answer, Row, predict_rows
from apps.api.features import faults
from apps.api.json_answer import json_answer
from apps.api.routes.errors import PREDICTS
from apps.api.schemas import ChurnPrediction, SegmentPrediction, ValuePrediction
from apps.api.served import Served
from apps.api.state import Shared, State
from apps.api.telemetry import bucket_of
from ml.columns import CHURN_PROBABILITY, PERSONA_NAME

router = APIRouter(prefix="/predict", tags=["predict"])
EXAMPLE: Any = {
    "source": "sample",
    "features": {"days_since_last_order": 12, "order_count": 5, "country": "Germany"},
}


class PredictRequest(BaseModel):
    """Features of one customer, named as in `features.ftr_customers`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    source: Annotated[str | None, Field(max_length=100)] = None
    """The shop whose model answers; needed where several have one."""
    as_of_date: date | None = None
    """Day as of which the features are; by default the one that the model was trained as of."""
    features: Annotated[dict[str, Any], Field(max_length=500)]
    """Every feature of the model, null where it is unknown: see /models/{name}/metadata."""


@router.post(
    "/churn",
    response_model=ChurnPrediction,
    summary="Probability that a customer does not buy again",
    responses=PREDICTS,
)
async def churn(request: PredictRequest, state: Shared) -> Response:
    """Return the probability of no purchase within the horizon, its band, and who says so.

    Somebody who never ordered gets null and the reason. Requests of the same moment are predicted
    together, by the function that the batch job calls, on the same model.
    """
    return json_answer(await predict_one(state, "churn", request))


@router.post(
    "/segment",
    response_model=SegmentPrediction,
    summary="Segment that a customer belongs to",
    responses=PREDICTS,
)
async def segment(request: PredictRequest, state: Shared) -> Response:
    """Return the nearest segment, its persona and the distance to its centre."""
    return json_answer(await predict_one(state, "segmentation", request))


@router.post(
    "/clv",
    response_model=ValuePrediction,
    summary="What a customer will order and bring",
    responses=PREDICTS,
)
async def clv(request: PredictRequest, state: Shared) -> Response:
    """Return expected orders and net revenue, cumulative for 1 to 12 months, with 80% intervals."""
    return json_answer(await predict_one(state, "clv", request))


async def predict_one(state: State, task: str, request: PredictRequest) -> Answer:
    """Predict the features of one request; raises what FastAPI answers with 404 and 422."""
    served = served_or_404(state, task, request.source)
    refuse_faults(request.features, served, ("body", "features"))
    as_of = request.as_of_date or served.artefact.trained_as_of_date
    answer = await state.batcher.predict(served, as_of, request.features)
    count(state, served, [answer])
    return answer


def predicts(state_models: Any) -> Any:
    """Return the function that a batcher calls: rows to answers, with the cuts in force."""

    def predict(served: Served, as_of: date, rows: Sequence[Row]) -> list[Answer]:
        return predict_rows(served, as_of, rows, state_models.bands)

    return predict


def served_or_404(state: State, task: str, source: str | None) -> Served:
    """Return the model that answers; 404 says which shops have one."""
    try:
        return state.models.find(task, source)
    except LookupError as error:
        raise HTTPException(404, str(error)) from None


def refuse_faults(features: Row, served: Served, place: tuple[str, ...]) -> None:
    """Answer 422 and name every field that is wrong."""
    found = faults(features, served.artefact.contract)
    if found:
        raise RequestValidationError(
            [
                {"type": "value_error", "loc": (*place, name), "msg": text, "input": None}
                for name, text in found
            ]
        )


def count(state: State, served: Served, answers: Sequence[Answer]) -> None:
    """Count what was said, by tenth of the probability or by persona."""
    artefact = served.artefact
    if CHURN_PROBABILITY in answers[0]:
        buckets = [bucket_of(answer[CHURN_PROBABILITY]) for answer in answers]
    else:
        buckets = [str(answer.get(PERSONA_NAME, "all")) for answer in answers]
    state.telemetry.predicted(artefact.task_name, artefact.source_name, buckets)
