"""How good a way to cluster is: fitted again and again to customers drawn with replacement.

Each refit is the whole recipe, scale included. Silhouette and Davies-Bouldin index are those of the
customers who were not drawn; stability is the agreement of two refits on all customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances

from ml.segmentation.algorithms import OUTLIER, Algorithm, Partition
from ml.segmentation.behaviour import (
    SEED,
    Floats,
    Labels,
    fit_scaler,
    sample_rows,
    shuffle_columns,
)

MAX_HELD_OUT = 1_000
"""Held-out customers whom a silhouette looks at: its cost grows with their square."""
NO_CLUSTERS = 1.0e3
"""Davies-Bouldin index where there are no two clusters: as bad as it gets."""
MEASURES = (
    "silhouette",
    "davies_bouldin",
    "adjusted_rand_index",
    "smallest_segment_share",
    "outlier_share",
)


@dataclass(frozen=True)
class Candidate:
    """An algorithm with a setting."""

    algorithm: Algorithm
    setting: float

    @property
    def name(self) -> str:
        """As stored."""
        return self.algorithm.label(self.setting)


@dataclass(eq=False)
class Quality:
    """What the refits of one candidate say. One number per refit, or per pair of refits."""

    candidate: Candidate
    silhouettes: list[float] = field(default_factory=list)
    davies_bouldin: list[float] = field(default_factory=list)
    smallest_shares: list[float] = field(default_factory=list)
    outlier_shares: list[float] = field(default_factory=list)
    segment_counts: list[int] = field(default_factory=list)
    labels: list[Labels] = field(default_factory=list, repr=False)

    @property
    def agreements(self) -> list[float]:
        """Adjusted Rand index of every pair of refits."""
        return [adjusted_rand_index(a, b) for a, b in combinations(self.labels, 2)]

    @property
    def measures(self) -> dict[str, list[float]]:
        """What is stored, by name of the metric."""
        columns = (
            self.silhouettes,
            self.davies_bouldin,
            self.agreements,
            self.smallest_shares,
            self.outlier_shares,
        )
        return dict(zip(MEASURES, columns, strict=True))


@dataclass(frozen=True)
class _Refit:
    drawn: Floats
    everybody: Floats
    held_out: NDArray[np.int64]
    distances: Floats
    seed: int


def measure(
    values: Floats, candidates: Sequence[Candidate], refits: int, seed: int
) -> list[Quality]:
    """Measure candidates on the same bootstrap samples of customers.

    Args:
        values: behaviour in its own units, shape (customers, 4).
        candidates: what to measure.
        refits: how many samples.
        seed: of the samples.
    """
    found = {candidate.name: Quality(candidate) for candidate in candidates}
    for refit in _refits(values, refits, seed):
        for candidate, partition in _fits(refit.drawn, candidates, refit.seed):
            _record(found[candidate.name], partition, refit)
    return list(found.values())


def measure_noise(
    values: Floats, candidates: Sequence[Candidate], refits: int, shuffles: int, seed: int
) -> list[dict[str, list[float]]]:
    """The same measures where there is nothing to find, per candidate: columns shuffled.

    One shuffle says little, since agreement varies more between shuffles than between refits: the
    refits are shared out over several, and pairs of refits are those of the same shuffle.
    """
    pooled: list[dict[str, list[float]]] = [{name: [] for name in MEASURES} for _ in candidates]
    for number in range(shuffles):
        shuffled = shuffle_columns(values, SEED + number)
        each = max(2, refits // shuffles)
        for pool, quality in zip(pooled, measure(shuffled, candidates, each, seed), strict=True):
            for name, numbers in quality.measures.items():
                pool[name] += numbers
    return pooled


def silhouette(distances: Floats, labels: Labels) -> float:
    """Mean silhouette (Rousseeuw 1987) in [-1, 1] from distances, shape (rows, rows).

    By sums per cluster, which is ten times faster than scikit-learn's on so few rows. A cluster of
    one counts 0.
    """
    codes = np.unique(labels, return_inverse=True)[1]
    member = np.eye(codes.max() + 1)[codes]
    sizes = member.sum(axis=0)
    sums = distances @ member
    rows = np.arange(len(codes))
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    others = sums / sizes
    others[rows, codes] = np.inf
    nearest = others.min(axis=1)
    larger = np.maximum(own, nearest)
    values = np.where(
        (sizes[codes] > 1) & (larger > 0), (nearest - own) / np.where(larger > 0, larger, 1), 0.0
    )
    return float(values.mean())


def davies_bouldin(points: Floats, labels: Labels) -> float:
    """Mean over clusters of the worst width to gap; low is good. Davies and Bouldin (1979)."""
    codes = np.unique(labels, return_inverse=True)[1]
    member = np.eye(codes.max() + 1)[codes]
    sizes = member.sum(axis=0)
    centres = (member.T @ points) / sizes[:, None]
    widths = np.bincount(codes, np.linalg.norm(points - centres[codes], axis=1)) / sizes
    gaps = pairwise_distances(centres)
    np.fill_diagonal(gaps, np.inf)
    if (gaps == 0).any():
        return NO_CLUSTERS
    return float(((widths[:, None] + widths[None, :]) / gaps).max(axis=1).mean())


def adjusted_rand_index(one: Labels, other: Labels) -> float:
    """Agreement of two labellings of the same rows: 1 the same, 0 as by chance.

    Hubert and Arabie (1985). Outliers (-1) are a group like any other. Counting pairs in a table
    of labels is thirty times faster than scikit-learn's, which a test compares it with.
    """
    width = int(other.max()) + 2
    table = np.bincount((one + 1) * width + other + 1, minlength=(int(one.max()) + 2) * width)
    table = table.reshape(-1, width)
    together, rows, columns = (
        _pairs(counts) for counts in (table, table.sum(axis=1), table.sum(axis=0))
    )
    expected = rows * columns / _pairs(np.array([len(one)])) if len(one) > 1 else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: NDArray[np.int64]) -> float:
    wide = counts.astype(np.float64)
    return float((wide * (wide - 1) / 2).sum())


def _refits(values: Floats, refits: int, seed: int) -> Iterator[_Refit]:
    rng = np.random.default_rng(seed)
    for number in range(refits):
        rows = rng.integers(0, len(values), len(values))
        scaler = fit_scaler(values[rows])
        everybody = scaler.scale(values)
        held = np.setdiff1d(np.arange(len(values)), rows)
        held = held[sample_rows(len(held), MAX_HELD_OUT, seed + number)]
        distances = pairwise_distances(everybody[held])
        yield _Refit(everybody[rows], everybody, held, distances, seed + number)


def _fits(
    points: Floats, candidates: Sequence[Candidate], seed: int
) -> Iterable[tuple[Candidate, Partition]]:
    for algorithm in {id(c.algorithm): c.algorithm for c in candidates}.values():
        own = [c for c in candidates if c.algorithm is algorithm]
        fitted = algorithm.fit_each(points, [c.setting for c in own], seed)
        yield from zip(own, fitted, strict=True)


def _record(quality: Quality, partition: Partition, refit: _Refit) -> None:
    labels = partition.assign(refit.everybody)
    sizes = np.bincount(labels[labels != OUTLIER], minlength=len(partition.centres))
    held = labels[refit.held_out]
    quality.labels.append(labels)
    quality.segment_counts.append(len(partition.centres))
    quality.smallest_shares.append(float(sizes.min() / len(labels)) if sizes.size else 0.0)
    quality.outlier_shares.append(float(np.mean(labels == OUTLIER)))
    if 1 < len(np.unique(held)) < len(held):
        points = refit.everybody[refit.held_out]
        quality.silhouettes.append(silhouette(refit.distances, held))
        quality.davies_bouldin.append(davies_bouldin(points, held))
    else:
        quality.silhouettes.append(0.0)
        quality.davies_bouldin.append(NO_CLUSTERS)
