"""Segmentation: K-Means on scaled log recency, frequency and spend.

Protocol: the number of segments is the one with the best mean silhouette on customers that the
centres were not fitted to, among numbers whose smallest segment is not tiny. Quality is measured on
held-out customers, beside the same procedure on the same columns shuffled independently: data of
the same shape without any structure between the columns.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_samples
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ml.artefact import Artefact
from ml.columns import (
    AS_OF_DATE,
    CUSTOMER_ID,
    DISTANCE_TO_CENTRE,
    KEYS,
    PERSONA_NAME,
    SEGMENT_NUMBER,
)
from ml.estimators import SEED, signed_log
from ml.feature_contract import FeatureContract
from ml.frames import as_of_dates, scoring_frame
from ml.personas import name_segments
from ml.task import Evaluation, NotEnoughData, Task, Trained, TrainingData
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

RFM = ["days_since_last_order", "order_count", "net_revenue_amount"]
AXES = ["recency", "frequency", "spend"]
SHUFFLED = "columns shuffled"
MODEL_NAME = "kmeans"

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


class SegmentationConfig(BaseModel):
    """Rules of the segmentation task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment_counts: tuple[int, ...] = (4, 5, 6, 7)
    """Numbers tried: fewer say nothing that recency alone does not, more nobody can act upon."""
    min_share: float = Field(default=0.02, gt=0, lt=0.5)
    min_customers: int = Field(default=100, ge=20)
    halvings: int = Field(default=10, ge=2)
    """Random halvings for the choice of the number and for the stability."""
    max_silhouette_rows: int = Field(default=4000, ge=100)
    """Held-out customers that a silhouette looks at: its cost grows with their square."""


class Segmentation(Task):
    """The segmentation task, see the module."""

    name: ClassVar[str] = "segmentation"
    feature_model: ClassVar[str] = "ftr_customers"
    score_table: ClassVar[str] = "ml.customer_segment_scores"
    headline_metrics: ClassVar[tuple[str, ...]] = ("silhouette", "adjusted_rand_index")

    def __init__(self, config: SegmentationConfig | None = None) -> None:
        self.config = config or SegmentationConfig()

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return self.config.model_dump()

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read the customers as of the newest date.

        Halves of the same customers are compared, so an evaluation date has nothing to say here.

        Raises:
            NotEnoughData: the shop has too few customers.
        """
        dates = as_of_dates(settings, source)
        if dates.empty:
            raise NotEnoughData(f"segmentation of {source}: no orders")
        day = dates[AS_OF_DATE].iloc[-1].date()
        frame = scoring_frame(settings, contract, source, day)
        if len(frame) < self.config.min_customers:
            raise NotEnoughData(
                f"segmentation of {source} has {len(frame)} customers; "
                f"it needs {self.config.min_customers}"
            )
        return TrainingData(source, contract, frame, day)

    def train(self, data: TrainingData) -> Trained:
        """Choose the number of segments, measure it, fit all customers and name the segments.

        Raises:
            NotEnoughData: the customers are too alike to be told apart.
        """
        count = self._choose(data)
        final = fit(data.frame, count)
        labels, _ = assign(final, data.frame)
        order = _by_spend(data.frame, labels, count)
        names = name_segments(_profiles(final, data.frame, labels, order))
        return Trained(
            model_name=MODEL_NAME,
            estimator=final,
            details={"order": order, "names": names, "segment_count": count},
            trained_as_of_date=data.evaluate_at,
            training_row_count=len(data.frame),
            evaluations=self._evaluate(data, count),
        )

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Give every customer of the frame the nearest segment.

        Returns:
            Keys, `segment_number` (1 is the segment with the highest median spend),
            `persona_name`, `distance_to_centre` in scaled log units, row by row as the frame.
        """
        labels, distances = assign(artefact.estimator, frame)
        rank = {cluster: rank for rank, cluster in enumerate(artefact.details["order"])}
        ranks = np.array([rank[label] for label in labels], dtype=np.int64)
        scores = frame[list(KEYS)].copy()
        scores[SEGMENT_NUMBER] = ranks + 1
        scores[PERSONA_NAME] = np.asarray(artefact.details["names"], dtype=object)[ranks]
        scores[DISTANCE_TO_CENTRE] = distances
        return scores

    def _choose(self, data: TrainingData) -> int:
        quality = {
            count: np.mean([s.mean() for s in self._held_out(data.frame, count)])
            for count in self.config.segment_counts
            if self._is_usable(data.frame, count)
        }
        if not quality:
            raise NotEnoughData(
                f"segmentation of {data.source_name}: the customers are too alike; no number of "
                f"segments from {self.config.segment_counts[0]} on leaves each with "
                f"{self.config.min_share:.0%} of them"
            )
        return max(quality, key=lambda count: (quality[count], -count))

    def _is_usable(self, frame: pd.DataFrame, count: int) -> bool:
        if len(frame[RFM].drop_duplicates()) < 2 * count:
            return False
        shares = np.bincount(assign(fit(frame, count), frame)[0], minlength=count) / len(frame)
        return bool(shares.min() >= self.config.min_share)

    def _held_out(self, frame: pd.DataFrame, count: int) -> list[Floats]:
        """Silhouettes of customers in [-1, 1], one array per halving, of the half not fitted."""
        return [
            _silhouettes(fit(fitted, count), held, self.config.max_silhouette_rows)
            for fitted, held in _halvings(frame, self.config.halvings)
        ]

    def _evaluate(self, data: TrainingData, count: int) -> list[Evaluation]:
        shuffled = shuffle_columns(data.frame)
        protocol = (
            f"{count} segments; {self.config.halvings} random halvings of the customers as of "
            f"{data.evaluate_at}: "
        )
        silhouettes = [s.mean() for s in self._held_out(data.frame, count)]
        noise = [s.mean() for s in self._held_out(shuffled, count)]
        agreement = _agreements(data.frame, count, self.config.halvings)
        noise_agreement = _agreements(shuffled, count, self.config.halvings)
        return [
            _evaluation(
                "silhouette",
                silhouettes,
                noise,
                data,
                protocol + "centres fitted to one half, silhouette of the other; "
                "the interval spans the middle 95% of the halvings",
            ),
            _evaluation(
                "adjusted_rand_index",
                agreement,
                noise_agreement,
                data,
                protocol + "centres fitted to each half, agreement of both on all; "
                "the interval spans the middle 95% of the halvings",
            ),
        ]


def fit(frame: pd.DataFrame, count: int) -> Pipeline:
    """Fit K-Means to the logged and scaled RFM columns of a feature frame."""
    model = Pipeline(
        [
            ("log", FunctionTransformer(signed_log)),
            ("scale", StandardScaler()),
            ("cluster", KMeans(n_clusters=count, n_init=10, random_state=SEED)),
        ]
    )
    return model.fit(_values(frame))


def assign(model: Pipeline, frame: pd.DataFrame) -> tuple[Labels, Floats]:
    """Nearest cluster and the distance to its centre per row, each of shape (rows,)."""
    distances = model.transform(_values(frame))
    labels: Labels = distances.argmin(axis=1)
    return labels, distances[np.arange(len(labels)), labels]


def shuffle_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The same columns, each in an order of its own: no structure between them is left."""
    rng = np.random.default_rng(SEED)
    return frame.assign(**{name: rng.permutation(frame[name].to_numpy()) for name in RFM})


def _values(frame: pd.DataFrame) -> Floats:
    values = frame[RFM].to_numpy(dtype=np.float64)
    if np.isnan(values).any():
        bad = frame.loc[np.isnan(values).any(axis=1), CUSTOMER_ID].iloc[0]
        raise ClienteleError(f"customer {bad} has no {', '.join(RFM)}: run 'clientele build'")
    return values


def _scaled(model: Pipeline, frame: pd.DataFrame) -> Floats:
    scaled: Floats = model[:-1].transform(_values(frame))
    return scaled


def _halvings(frame: pd.DataFrame, count: int) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    rng = np.random.default_rng(SEED)
    middle = len(frame) // 2
    orders = [rng.permutation(len(frame)) for _ in range(count)]
    return [(frame.iloc[order[:middle]], frame.iloc[order[middle:]]) for order in orders]


def _silhouettes(model: Pipeline, held: pd.DataFrame, most: int) -> Floats:
    held = held.iloc[:most]
    labels, _ = assign(model, held)
    if len(np.unique(labels)) < 2:
        return np.zeros(len(held))
    values: Floats = silhouette_samples(_scaled(model, held), labels)
    return values


def _agreements(frame: pd.DataFrame, count: int, halvings: int) -> list[float]:
    """Adjusted Rand index, on all customers, of the segments that each half alone would make."""
    return [
        float(adjusted_rand_score(assign(fit(a, count), frame)[0], assign(fit(b, count), frame)[0]))
        for a, b in _halvings(frame, halvings)
    ]


def _by_spend(frame: pd.DataFrame, labels: Labels, count: int) -> list[int]:
    spend = frame[RFM[2]].groupby(labels).median()
    return sorted(range(count), key=lambda label: (-float(spend.get(label, 0.0)), label))


def _profiles(
    model: Pipeline, frame: pd.DataFrame, labels: Labels, order: list[int]
) -> pd.DataFrame:
    scaled = pd.DataFrame(_scaled(model, frame), columns=AXES)
    return scaled.groupby(labels).mean().reindex(order)


def _evaluation(
    name: str, values: list[float], baseline: list[float], data: TrainingData, protocol: str
) -> Evaluation:
    lower, upper = np.quantile(values, [0.025, 0.975])
    return Evaluation(
        model_name=MODEL_NAME,
        is_champion=True,
        metric_name=name,
        metric_value=float(np.mean(values)),
        ci_lower=float(lower),
        ci_upper=float(upper),
        baseline_name=SHUFFLED,
        baseline_value=float(np.mean(baseline)),
        protocol=protocol,
        evaluated_as_of_date=data.evaluate_at,
        sample_count=len(data.frame),
    )
