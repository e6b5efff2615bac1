"""What answers look like, for the documentation and for whoever generates a client from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


class Prediction(_Answer):
    """Who predicted, as of when."""

    source: str
    as_of_date: date
    model_name: str
    model_version: str
    cold_reason: str | None = Field(description="Why there is no prediction, null where there is")


class ChurnPrediction(Prediction):
    """A probability of no purchase within the horizon."""

    churn_probability: float | None = Field(examples=[0.42])
    horizon_days: int | None = None
    risk_band: str | None = Field(examples=["medium"])


class SegmentPrediction(Prediction):
    """The nearest segment."""

    segment_id: str | None = None
    segment_number: int | None = None
    persona_name: str | None = None
    distance_to_centre: float | None = None


class Month(_Answer):
    """Cumulative from as_of_date to the end of the month of this number."""

    horizon_months: int
    expected_order_count: float | None
    expected_net_revenue_amount: float | None
    expected_net_revenue_lower_amount: float | None
    expected_net_revenue_upper_amount: float | None
    alive_probability: float | None = None
    expected_next_order_date: date | None = None


class ValuePrediction(Prediction):
    """A curve of twelve months."""

    months: list[Month] | None = None


class Page(_Answer):
    """Rows, and where to go on."""

    items: list[dict[str, Any]]
    next_cursor: str | None = Field(
        description="Give it as `cursor` for the next page; null at the end"
    )


class Rows(_Answer):
    """Rows of a mart, its columns as they are documented there."""

    items: list[dict[str, Any]]


class Job(_Answer):
    """A background run."""

    job_id: str
    task: str
    source: str | None
    state: str = Field(examples=["running"])
    message: str | None
    started_at: datetime
    ended_at: datetime | None


class ServedModel(_Answer):
    """A model that answers now."""

    name: str
    source: str
    version: str
    estimator: str
    trained_as_of_date: date
    is_pinned: bool = Field(description="Loaded by an admin: a new champion does not replace it")
    loaded_at: datetime


class ModelFeature(_Answer):
    """A feature that a request must give."""

    name: str
    kind: str
    description: str


class ModelMetadata(ServedModel):
    """All that is known of a served version."""

    features: list[ModelFeature]
    first_as_of_date: date | None
    evaluated_as_of_date: date | None
    training_row_count: int | None
    parameters: dict[str, Any]
    metrics: list[dict[str, Any]]


class Alive(_Answer):
    """Whether the process lives."""

    status: str = Field(examples=["live"])
    models: int


class Health(Alive):
    """Whether the server can answer."""

    database: bool


class Recommendation(_Answer):
    """A place in a list; without a product, the reason why the list is empty."""

    list_name: str = Field(examples=["buy_again"])
    list_rank: int
    product_id: str | None
    product_name: str | None
    score: float | None
    candidate_source: str | None = None
    reason: str | None = Field(examples=["you buy this every 5 weeks"])
    category: str | None = None
    expected_next_purchase_date: date | None = None


class Recommendations(_Answer):
    """Both lists of somebody."""

    customer_id: str | None
    is_cold: bool = Field(description="Nothing is known of them: the best sellers")
    items: list[Recommendation]


class SentimentPrediction(_Answer):
    """What a review says."""

    source: str
    model_version: str
    language: str | None = None
    sentiment: str | None = Field(default=None, examples=["positive"])
    negative_probability: float | None = None
    neutral_probability: float | None = None
    positive_probability: float | None = None
    method: str | None = None
    reason: str | None = Field(default=None, description="Why there is no sentiment")
