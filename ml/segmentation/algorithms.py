"""The clustering algorithms, one class each: from scaled points to a partition of the space.

A partition gives any customer a label, also one who was not there when it was fitted, so that
scoring never refits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import KDTree
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.mixture import GaussianMixture

from ml.segmentation.behaviour import Floats, Labels, sample_rows

OUTLIER = -1
"""Label of customers who belong to no cluster, which only HDBSCAN gives."""


class Partition(Protocol):
    """A fitted partition of the space of scaled points."""

    @property
    def centres(self) -> Floats:
        """Means of the clusters, shape (clusters, 4); row i is that of label i."""

    def assign(self, points: Floats) -> Labels:
        """A label per point, shape (rows,): 0 to clusters - 1, or OUTLIER."""


class Algorithm(Protocol):
    """A way to cluster. `settings` are what is tried; a setting is a count or a share."""

    @property
    def name(self) -> str:
        """What the configuration calls it."""

    def settings(self, counts: Sequence[int], min_share: float) -> tuple[float, ...]:
        """What to try, given the numbers of segments and the smallest share of customers."""

    def label(self, setting: float) -> str:
        """Name of the algorithm with a setting, as stored."""

    def fit(
        self, points: Floats, setting: float, seed: int, start: Floats | None = None
    ) -> Partition:
        """Fit to scaled points, shape (rows, 4).

        Args:
            points: where the customers are.
            setting: one of `settings`.
            seed: of whatever is random.
            start: centres of the champion, for algorithms that start somewhere.
        """

    def fit_each(self, points: Floats, settings: Sequence[float], seed: int) -> list[Partition]:
        """Fit several settings; an algorithm may share work between them."""


@dataclass(frozen=True)
class NearestCentre:
    """Every point belongs to the nearest centre."""

    centres: Floats

    def assign(self, points: Floats) -> Labels:
        """The number of the nearest centre per point."""
        nearest: Labels = squared_distances(points, self.centres).argmin(axis=1)
        return nearest


@dataclass(frozen=True)
class LikeliestComponent:
    """Every point belongs to the component of a mixture that it most probably came from."""

    mixture: GaussianMixture
    centres: Floats

    def assign(self, points: Floats) -> Labels:
        """The number of the likeliest component per point."""
        labels: Labels = self.mixture.predict(points).astype(np.int64)
        return labels


@dataclass(frozen=True)
class NearestFitted:
    """Every point has the label of the nearest fitted point; density has no centres."""

    fitted: Floats
    labels: Labels
    centres: Floats

    def assign(self, points: Floats) -> Labels:
        """The label of the nearest fitted point, OUTLIER included."""
        nearest: Labels = self.labels[KDTree(self.fitted).query(points)[1]]
        return nearest


class _ByCount:
    """What algorithms share that are told the number of clusters."""

    name: ClassVar[str]

    def settings(self, counts: Sequence[int], min_share: float) -> tuple[float, ...]:
        """The numbers of segments."""
        return tuple(float(count) for count in counts)

    def label(self, setting: float) -> str:
        """`kmeans-4`."""
        return f"{self.name}-{setting:.0f}"


class KMeansClusters(_ByCount):
    """K-Means, the best of several starts. Lloyd (1982), k-means++ starts of Arthur (2007)."""

    name: ClassVar[str] = "kmeans"
    starts: ClassVar[int] = 5
    warm_tolerance: ClassVar[float] = 1.01
    """A warm start is kept if its inertia is at most so many times that of the best cold one."""

    def fit(
        self, points: Floats, setting: float, seed: int, start: Floats | None = None
    ) -> NearestCentre:
        """Fit; from `start` (centres of the champion, scaled) unless cold starts do better."""
        count = int(setting)
        cold = KMeans(count, n_init=self.starts, random_state=seed).fit(points)
        if start is None or start.shape != (count, points.shape[1]):
            return NearestCentre(cold.cluster_centers_)
        warm = KMeans(count, init=start, n_init=1).fit(points)
        keep = warm.inertia_ <= cold.inertia_ * self.warm_tolerance
        return NearestCentre((warm if keep else cold).cluster_centers_)

    def fit_each(self, points: Floats, settings: Sequence[float], seed: int) -> list[Partition]:
        """One fit per number."""
        return [self.fit(points, setting, seed) for setting in settings]


class WardClusters(_ByCount):
    """Agglomerative clustering by Ward (1963): fitted to a sample, then by nearest centre.

    The tree takes memory by the square of the rows, so at most `most` of them are joined.
    """

    name: ClassVar[str] = "ward"
    most: ClassVar[int] = 1_500

    def fit(
        self, points: Floats, setting: float, seed: int, start: Floats | None = None
    ) -> Partition:
        """Fit one number of clusters; a tree has no start."""
        return self.fit_each(points, (setting,), seed)[0]

    def fit_each(self, points: Floats, settings: Sequence[float], seed: int) -> list[Partition]:
        """One tree, cut at every number."""
        sample = points[sample_rows(len(points), self.most, seed)]
        tree = linkage(sample, method="ward")
        return [NearestCentre(_cut(sample, tree, int(setting))) for setting in settings]


class GaussianClusters(_ByCount):
    """Mixture of Gaussians with full covariances, by expectation maximisation on a sample."""

    name: ClassVar[str] = "gaussian_mixture"
    most: ClassVar[int] = 1_500

    def fit(
        self, points: Floats, setting: float, seed: int, start: Floats | None = None
    ) -> LikeliestComponent:
        """Fit one number of components, from the champion's centres if there are as many."""
        count = int(setting)
        mixture = GaussianMixture(
            count,
            max_iter=200,
            tol=5e-3,
            reg_covar=1e-2,
            means_init=start if start is not None and len(start) == count else None,
            random_state=seed,
        ).fit(points[sample_rows(len(points), self.most, seed)])
        return LikeliestComponent(mixture, np.asarray(mixture.means_))

    def fit_each(self, points: Floats, settings: Sequence[float], seed: int) -> list[Partition]:
        """One fit per number."""
        return [self.fit(points, setting, seed) for setting in settings]


class DensityClusters:
    """HDBSCAN (Campello et al. 2013): dense regions, the rest are outliers.

    It finds the number of clusters itself; the setting is the smallest share of the customers
    that counts as one. New customers get the label of the nearest fitted one.
    """

    name: ClassVar[str] = "hdbscan"
    most: ClassVar[int] = 3_000
    neighbours: ClassVar[int] = 10

    def settings(self, counts: Sequence[int], min_share: float) -> tuple[float, ...]:
        """The smallest share, and twice that."""
        return (min_share, 2 * min_share)

    def label(self, setting: float) -> str:
        """`hdbscan-2pct`."""
        return f"{self.name}-{100 * setting:.0f}pct"

    def fit(
        self, points: Floats, setting: float, seed: int, start: Floats | None = None
    ) -> NearestFitted:
        """Fit one smallest share; density has no start."""
        sample = points[sample_rows(len(points), self.most, seed)]
        smallest = max(2, round(setting * len(sample)))
        labels = HDBSCAN(
            min_cluster_size=smallest, min_samples=min(self.neighbours, len(sample)), copy=True
        ).fit_predict(sample)
        return NearestFitted(sample, labels.astype(np.int64), _means(sample, labels))

    def fit_each(self, points: Floats, settings: Sequence[float], seed: int) -> list[Partition]:
        """One fit per share."""
        return [self.fit(points, setting, seed) for setting in settings]


_ALL: tuple[Algorithm, ...] = (
    KMeansClusters(),
    WardClusters(),
    GaussianClusters(),
    DensityClusters(),
)
ALGORITHMS: dict[str, Algorithm] = {algorithm.name: algorithm for algorithm in _ALL}


def squared_distances(points: Floats, centres: Floats) -> Floats:
    """Squared Euclidean distances, shape (rows, centres)."""
    distances: Floats = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return distances


def _cut(sample: Floats, tree: Floats, count: int) -> Floats:
    return _means(sample, fcluster(tree, count, criterion="maxclust") - 1)


def _means(points: Floats, labels: Labels) -> Floats:
    found = range(int(labels.max()) + 1)
    if not found:
        return np.empty((0, points.shape[1]))
    return np.stack([points[labels == label].mean(axis=0) for label in found])
