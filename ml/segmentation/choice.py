"""Which algorithm with how many segments: one rule over silhouette, Davies-Bouldin, stability.

1. Usable: at least `min_segments` segments, each with `min_share` of the customers in the middle
   refit, outliers at most `max_outlier_share`.
2. Stable: mean adjusted Rand index between refits of at least `min_stability`. If none is, only the
   most stable of the usable ones is left, and the reason says so.
3. Of these the one with the best mean rank by silhouette (high), Davies-Bouldin index (low) and
   stability (high); ties go to fewer segments, then to the earlier algorithm.
4. A champion's recipe that still passes 1 and 2 stays, unless the new one's silhouette is higher by
   more than noise: in 97.5% of the refits, on the same held-out customers. Otherwise ids would
   change with every refit for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import rankdata

from ml.segmentation.algorithms import ALGORITHMS
from ml.segmentation.quality import Quality


class SegmentationConfig(BaseModel):
    """Rules of the segmentation task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithms: tuple[str, ...] = tuple(ALGORITHMS)
    segment_counts: tuple[int, ...] = (2, 3, 4, 5, 6, 7)
    """Numbers measured. Those below `min_segments` by K-Means only, to show what is passed up."""
    min_segments: int = Field(default=4, ge=2)
    """Two or three often have the best figures and say little that recency alone does not."""
    min_share: float = Field(default=0.02, gt=0, lt=0.5)
    max_outlier_share: float = Field(default=0.1, ge=0, lt=1)
    min_stability: float = Field(default=0.85, gt=0, le=1)
    min_customers: int = Field(default=100, ge=20)
    refits: int = Field(default=8, ge=2)
    """Bootstrap refits of every candidate."""
    final_refits: int = Field(default=20, ge=2)
    """Fresh refits on which the chosen one is measured, so that the choice does not flatter it."""
    shuffles: int = Field(default=2, ge=1)
    """Shuffles of the columns over which the baseline's refits are shared out."""
    final_shuffles: int = Field(default=5, ge=1)
    max_compared_rows: int = Field(default=5_000, ge=100)
    max_fitted_rows: int = Field(default=100_000, ge=1_000)
    """Of more customers, a sample of so many decides the centres; all are assigned."""
    min_overlap: float = Field(default=0.5, ge=0.5, le=1)
    """Jaccard overlap from which a new segment is an old one; from a half on, at most one fits."""
    min_progress: float = Field(default=0.1, ge=0)
    """Way toward another centre, in standard deviations, that makes a customer's move."""
    coordinate_rows: int = Field(default=1_000, ge=10, le=5_000)


@dataclass(frozen=True)
class Choice:
    """The candidate that was chosen, and why."""

    quality: Quality
    reason: str


def choose(
    qualities: Sequence[Quality], config: SegmentationConfig, champion: str | None = None
) -> Choice | None:
    """Apply the rule of this module; None where no candidate is usable.

    Args:
        qualities: measured on the same refits.
        config: the limits.
        champion: name of the candidate that the champion was made with.
    """
    usable = [quality for quality in qualities if is_usable(quality, config)]
    if not usable:
        return None
    stable = [q for q in usable if stability(q) >= config.min_stability]
    pool = stable or [max(usable, key=stability)]
    best = pool[int(np.argmin(_mean_ranks(pool)))]
    kept = next((q for q in stable if q.candidate.name == champion), None)
    if kept is not None and kept is not best and not _is_better(best, kept):
        return Choice(kept, f"recipe of the champion; {best.candidate.name} is not beyond noise")
    if not stable:
        return Choice(best, f"the most stable; none reaches {config.min_stability}")
    return Choice(best, f"best mean rank of {len(pool)} stable candidates")


def is_usable(quality: Quality, config: SegmentationConfig) -> bool:
    """Whether a candidate makes enough segments, none of them tiny, of nearly all customers."""
    return bool(
        np.median(quality.segment_counts) >= config.min_segments
        and np.median(quality.smallest_shares) >= config.min_share
        and np.median(quality.outlier_shares) <= config.max_outlier_share
    )


def stability(quality: Quality) -> float:
    """Mean adjusted Rand index between refits."""
    return float(np.mean(quality.agreements))


def _mean_ranks(pool: Sequence[Quality]) -> list[float]:
    """Mean rank of each, 1 is best. Candidates come with fewer segments first."""
    columns = [
        [-float(np.mean(q.silhouettes)) for q in pool],
        [float(np.mean(q.davies_bouldin)) for q in pool],
        [-stability(q) for q in pool],
    ]
    ranks = np.mean([rankdata(column) for column in columns], axis=0)
    fewer = [float(np.median(q.segment_counts)) * 1e-6 for q in pool]
    return [float(rank + extra) for rank, extra in zip(ranks, fewer, strict=True)]


def _is_better(challenger: Quality, champion: Quality) -> bool:
    gains = np.subtract(challenger.silhouettes, champion.silhouettes)
    return bool(np.quantile(gains, 0.025) > 0)
