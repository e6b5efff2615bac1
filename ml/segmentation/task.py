"""The segmentation task: compare algorithms, choose by rule, fit, keep identities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.columns import AS_OF_DATE
from ml.feature_contract import FeatureContract
from ml.frames import as_of_dates, scoring_frame
from ml.segmentation import maps
from ml.segmentation.algorithms import ALGORITHMS, KMeansClusters
from ml.segmentation.behaviour import (
    BEHAVIOUR,
    SEED,
    Floats,
    behaviour_of,
    sample_rows,
)
from ml.segmentation.choice import Choice, SegmentationConfig, choose
from ml.segmentation.model import SegmentModel, fit_model, model_of
from ml.segmentation.quality import Candidate, Quality, measure, measure_noise
from ml.segmentation.scoring import EARLIER, nearest_scores, settled_scores
from ml.task import Decision, Evaluation, NotEnoughData, Task, Trained, TrainingData
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

SHUFFLED = "columns shuffled"
STABILITY = "adjusted_rand_index"
FRESH = 1_000_003
"""Added to the seed for the refits on which the chosen candidate is measured."""


class Segmentation(Task):
    """The segmentation task, see the module and docs/segmentation.md."""

    name: ClassVar[str] = "segmentation"
    feature_model: ClassVar[str] = "ftr_customers"
    score_table: ClassVar[str] = "ml.customer_segment_scores"
    headline_metrics: ClassVar[tuple[str, ...]] = ("silhouette", "adjusted_rand_index")
    earlier_columns: ClassVar[tuple[str, ...]] = EARLIER

    def __init__(self, config: SegmentationConfig | None = None) -> None:
        self.config = config or SegmentationConfig()

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return self.config.model_dump()

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read the customers as of the newest date, and of their features the four that count.

        Refits to the same customers are compared, so an evaluation date has nothing to say here.

        Raises:
            NotEnoughData: the shop has too few customers.
        """
        dates = as_of_dates(settings, source)
        if dates.empty:
            raise NotEnoughData(f"segmentation of {source}: no orders")
        day = dates[AS_OF_DATE].iloc[-1].date()
        contract = contract.only(BEHAVIOUR)
        frame = scoring_frame(settings, contract, source, day)
        self._check_size(frame, source)
        return TrainingData(source, contract, frame, day)

    def train(self, data: TrainingData) -> Trained:
        """Compare, choose, measure the choice afresh, and fit all customers.

        Raises:
            NotEnoughData: too few customers, or they are too alike to be told apart.
        """
        self._check_size(data.frame, data.source_name)
        values = behaviour_of(data.frame)
        compared = values[sample_rows(len(values), self.config.max_compared_rows)]
        champion = model_of(data.champion)
        found = measure(compared, self._candidates(compared), self.config.refits, SEED)
        choice, final = self._fit_best(found, data, champion)
        candidate = choice.quality.candidate
        evaluations = self._evaluate(found, compared, choice, data)
        return Trained(
            model_name=candidate.name,
            estimator=final,
            details={
                "segments": [segment.as_row() for segment in final.segments],
                "reason": choice.reason,
                "stability": _stability(evaluations),
                "min_progress": self.config.min_progress,
            },
            trained_as_of_date=data.evaluate_at,
            training_row_count=len(data.frame),
            evaluations=evaluations,
            parameters={**self.parameters(), "candidate": candidate.name},
            tables=maps.tables(data.frame, final, self.config.coordinate_rows),
        )

    def decide(self, champion: Artefact | None, data: TrainingData, trained: Trained) -> Decision:
        """The newest fit scores, unless it is unstable where the champion's was stable."""
        stability, least = trained.details["stability"], self.config.min_stability
        if champion is None:
            return Decision("first", f"first model; adjusted Rand index {stability:.3f}")
        was = float(champion.details.get("stability", 0.0))
        if stability < least <= was:
            return Decision(
                "kept",
                f"{trained.model_name} refits agree at {stability:.3f}, less than {least}; "
                f"those of the champion did at {was:.3f}",
            )
        segments = trained.details["segments"]
        kept = sum(segment["overlap"] is not None for segment in segments)
        return Decision(
            "promoted",
            f"{kept} of {len(segments)} segments keep their id; {trained.model_name}: "
            f"{trained.details['reason']}; adjusted Rand index {stability:.3f}",
        )

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Give every customer of the frame the nearest segment; a row depends on itself only.

        Returns:
            Keys, segment, distance and the behaviour that it rests on, row by row as the frame.

        Raises:
            ClienteleError: the model was made before segments had ids.
        """
        return nearest_scores(_model(artefact), frame)

    def settle(
        self, artefact: Artefact, frame: pd.DataFrame, scores: pd.DataFrame, earlier: pd.DataFrame
    ) -> pd.DataFrame:
        """Let whoever has not changed keep the segment they had; say why others moved.

        Args:
            artefact: the champion.
            frame: features as of one date.
            scores: what predict made of them.
            earlier: the scoring before, `by_customer`.
        """
        if earlier.empty:
            return scores
        least = float(artefact.details["min_progress"])
        return settled_scores(_model(artefact), frame, scores, earlier, least)

    def _check_size(self, frame: pd.DataFrame, source: str) -> None:
        if len(frame) < self.config.min_customers:
            raise NotEnoughData(
                f"segmentation of {source} has {len(frame)} customers; "
                f"it needs {self.config.min_customers}"
            )

    def _candidates(self, values: Floats) -> list[Candidate]:
        """What can be tried on so many different customers: two of them per segment."""
        distinct = len(np.unique(values, axis=0))
        counts = [count for count in self.config.segment_counts if 2 * count <= distinct]
        enough = [count for count in counts if count >= self.config.min_segments]
        if not enough:
            return []
        return [
            Candidate(algorithm, setting)
            for algorithm in (ALGORITHMS[name] for name in self.config.algorithms)
            for setting in algorithm.settings(
                counts if algorithm.name == KMeansClusters.name else enough, self.config.min_share
            )
        ]

    def _fit_best(
        self, found: list[Quality], data: TrainingData, champion: SegmentModel | None
    ) -> tuple[Choice, SegmentModel]:
        """The choice, fitted to everybody; the next one where a segment of the fit is tiny."""
        left, recipe = list(found), champion.candidate if champion else None
        while choice := choose(left, self.config, recipe):
            candidate = choice.quality.candidate
            model = fit_model(data.frame, data.source_name, candidate, self.config, champion)
            if _smallest_share(model) >= self.config.min_share:
                return choice, model
            left.remove(choice.quality)
        raise NotEnoughData(
            f"segmentation of {data.source_name}: the customers are too alike; no way to make "
            f"{self.config.min_segments} or more segments leaves each with "
            f"{self.config.min_share:.0%} of them"
        )

    def _evaluate(
        self, found: list[Quality], values: Floats, choice: Choice, data: TrainingData
    ) -> list[Evaluation]:
        config = self.config
        candidates = [quality.candidate for quality in found]
        kept = choice.quality.candidate
        noise = measure_noise(values, candidates, config.refits, config.shuffles, SEED)
        evaluations = [
            row
            for quality, baseline in zip(found, noise, strict=True)
            if quality.candidate is not kept
            for row in _evaluations(quality, baseline, data, "")
        ]
        (fresh,) = measure(values, [kept], config.final_refits, SEED + FRESH)
        (fresh_noise,) = measure_noise(
            values, [kept], config.final_refits, config.final_shuffles, SEED + FRESH
        )
        return evaluations + _evaluations(fresh, fresh_noise, data, choice.reason)


def _model(artefact: Artefact) -> SegmentModel:
    model = model_of(artefact)
    if model is None:
        raise ClienteleError(
            f"model {artefact.model_version} of {artefact.source_name} has no segment ids: "
            "run 'clientele train segmentation'"
        )
    return model


def _smallest_share(model: SegmentModel) -> float:
    shares = [s.customer_share for s in model.segments if not s.is_outlier_group]
    return min(shares, default=0.0)


def _stability(evaluations: list[Evaluation]) -> float:
    return next(
        row.metric_value for row in evaluations if row.is_champion and row.metric_name == STABILITY
    )


def _evaluations(
    quality: Quality, noise: dict[str, list[float]], data: TrainingData, reason: str
) -> list[Evaluation]:
    """One row per measure; a reason makes it the champion."""
    protocol = (
        f"{len(quality.labels)} refits to customers as of {data.evaluate_at} drawn with "
        "replacement: silhouette and Davies-Bouldin index of those not drawn, adjusted Rand index "
        "of every pair of refits on all; intervals span the middle 95%"
        + (f"; chosen: {reason}; measured on refits of its own" if reason else "")
    )
    return [
        _evaluation(name, numbers, noise[name], quality, data, protocol, bool(reason))
        for name, numbers in quality.measures.items()
    ]


def _evaluation(  # noqa: PLR0913 - a row of a table
    name: str,
    numbers: Sequence[float],
    noise: Sequence[float],
    quality: Quality,
    data: TrainingData,
    protocol: str,
    is_champion: bool,
) -> Evaluation:
    lower, upper = np.quantile(numbers, [0.025, 0.975])
    gain_lower, gain_upper = np.quantile(np.subtract.outer(numbers, noise), [0.025, 0.975])
    return Evaluation(
        model_name=quality.candidate.name,
        is_champion=is_champion,
        metric_name=name,
        metric_value=float(np.mean(numbers)),
        ci_lower=float(lower),
        ci_upper=float(upper),
        baseline_name=SHUFFLED,
        baseline_value=float(np.mean(noise)),
        protocol=protocol,
        evaluated_as_of_date=data.evaluate_at,
        sample_count=len(data.frame),
        gain_lower=float(gain_lower),
        gain_upper=float(gain_upper),
    )
