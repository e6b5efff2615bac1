"""The fitted model: scale, partition and what its labels mean to people. Pure functions of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.personas import ACTIONS, OUTLIERS, Persona, base_name, distinct_names, personas_of
from ml.segmentation.algorithms import OUTLIER, Partition, squared_distances
from ml.segmentation.behaviour import (
    BEHAVIOUR,
    FREQUENCY,
    RECENCY,
    SEED,
    SPEND,
    TENURE,
    Floats,
    Labels,
    Scaler,
    behaviour_of,
    fit_scaler,
    sample_rows,
)
from ml.segmentation.choice import SegmentationConfig
from ml.segmentation.identity import Segment, label_order, match, new_id
from ml.segmentation.quality import Candidate

AXES = {RECENCY: "recency", FREQUENCY: "frequency", SPEND: "spend", TENURE: "tenure"}


@dataclass(frozen=True)
class SegmentModel:
    """Everything that gives a customer a segment.

    `segments` are in the order of their number; `centres`, shape (segments, 4), are the means of
    their customers on the scale of `scaler`, row by row as `segments`.
    """

    candidate: str
    scaler: Scaler
    partition: Partition
    segments: tuple[Segment, ...]
    centres: Floats

    def nearest(self, values: Floats) -> Labels:
        """Position in `segments` of behaviour in its own units, shape (rows,)."""
        points = self.scaler.scale(values)
        labels = self.partition.assign(points)
        lookup: Labels = np.full(max(s.label for s in self.segments) + 2, -1, dtype=np.int64)
        for index, segment in enumerate(self.segments):
            lookup[segment.label + 1] = index
        found: Labels = lookup[np.minimum(labels + 1, len(lookup) - 1)]
        strange = (found < 0) | (labels + 1 >= len(lookup))
        if strange.any():
            # A label that no fitted customer had: the nearest centre's then.
            found[strange] = squared_distances(points[strange], self.centres).argmin(axis=1)
        return found

    def positions(self, segment_ids: pd.Series) -> Labels:
        """Position in `segments` of each id, -1 for an id that is none of theirs."""
        position = {segment.segment_id: index for index, segment in enumerate(self.segments)}
        return np.asarray(segment_ids.map(position).fillna(-1), dtype=np.int64)


def fit_model(
    frame: pd.DataFrame,
    source: str,
    candidate: Candidate,
    config: SegmentationConfig,
    champion: SegmentModel | None = None,
) -> SegmentModel:
    """Fit a candidate to all customers; segments that the champion knew keep id and name.

    Args:
        frame: features of the customers as of one date.
        source: their shop.
        candidate: what to fit.
        config: the limits.
        champion: the model in force, if any.
    """
    values = behaviour_of(frame)
    scaler = fit_scaler(values)
    points = scaler.scale(values)
    rows = sample_rows(len(points), config.max_fitted_rows)
    partition = _fit(candidate, points[rows], scaler, champion)
    labels = partition.assign(points)
    order = label_order(labels, values[:, BEHAVIOUR.index(SPEND)])
    centres = np.stack([points[labels == label].mean(axis=0) for label in order])
    kept = _kept(labels, values, champion, config.min_overlap)
    day = str(frame["as_of_date"].iloc[0].date())
    segments = _segments(order, labels, centres, kept, f"{source}|{day}", champion)
    return SegmentModel(candidate.name, scaler, partition, segments, centres)


def model_of(artefact: Artefact | None) -> SegmentModel | None:
    """The model of a champion, None where there is none or it was made before segments had ids."""
    estimator = artefact.estimator if artefact else None
    return estimator if isinstance(estimator, SegmentModel) else None


def _fit(
    candidate: Candidate, points: Floats, scaler: Scaler, champion: SegmentModel | None
) -> Partition:
    start = None
    if champion is not None:
        start = scaler.rescale(champion.scaler.unscale(champion.centres))
    return candidate.algorithm.fit(points, candidate.setting, SEED, start)


def _kept(
    labels: Labels, values: Floats, champion: SegmentModel | None, min_overlap: float
) -> dict[int, tuple[Segment, float]]:
    """By new label: the champion's segment that it is, and their overlap."""
    if champion is None:
        return {}
    ids = np.array([segment.segment_id for segment in champion.segments], dtype=object)
    known = {segment.segment_id: segment for segment in champion.segments}
    pairs = match(labels, ids[champion.nearest(values)], min_overlap)
    return {label: (known[name], overlap) for label, (name, overlap) in pairs.items()}


def _segments(  # noqa: PLR0913 - each is something else
    order: list[int],
    labels: Labels,
    centres: Floats,
    kept: dict[int, tuple[Segment, float]],
    origin: str,
    champion: SegmentModel | None,
) -> tuple[Segment, ...]:
    profiles = pd.DataFrame(centres, columns=[AXES[name] for name in BEHAVIOUR])
    personas = [
        OUTLIERS if label == OUTLIER else persona
        for label, persona in zip(order, personas_of(profiles), strict=True)
    ]
    names = _names(order, personas, profiles["spend"].tolist(), kept)
    ids = _ids(order, kept, origin, champion)
    return tuple(
        Segment(
            label=label,
            segment_id=ids[index],
            segment_number=index + 1,
            persona_name=names[index],
            persona_by_profile=personas[index].name,
            recommended_action=ACTIONS[base_name(names[index])],
            customer_count=int((labels == label).sum()),
            customer_share=float((labels == label).mean()),
            is_outlier_group=label == OUTLIER,
            overlap=kept[label][1] if label in kept else None,
        )
        for index, label in enumerate(order)
    )


def _names(
    order: list[int],
    personas: list[Persona],
    spend: list[float],
    kept: dict[int, tuple[Segment, float]],
) -> list[str]:
    taken = {segment.persona_name for segment, _ in kept.values()}
    fresh = [index for index, label in enumerate(order) if label not in kept]
    given = distinct_names([personas[i].name for i in fresh], [spend[i] for i in fresh], taken)
    names = dict(zip(fresh, given, strict=True))
    return [
        names[index] if index in names else kept[label][0].persona_name
        for index, label in enumerate(order)
    ]


def _ids(
    order: list[int],
    kept: dict[int, tuple[Segment, float]],
    origin: str,
    champion: SegmentModel | None,
) -> list[str]:
    source, day = origin.split("|")
    used = {segment.segment_id for segment in champion.segments} if champion else set()
    free = (new_id(source, day, number) for number in range(1, 10_000))
    fresh = (name for name in free if name not in used)
    return [kept[label][0].segment_id if label in kept else next(fresh) for label in order]
