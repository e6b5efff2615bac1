"""What is stored for looking at: segments, their profiles, coordinates, a dendrogram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import linkage
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from ml.columns import CUSTOMER_ID, PERSONA_NAME, SEGMENT_ID
from ml.segmentation.behaviour import (
    BEHAVIOUR,
    SEED,
    Floats,
    Labels,
    behaviour_of,
    sample_rows,
)
from ml.segmentation.model import SegmentModel

SEGMENTS = "ml.segments"
PROFILES = "ml.segment_profiles"
COORDINATES = "ml.segment_coordinates"
DENDROGRAM = "ml.segment_dendrogram"
PERPLEXITY = 30.0
LEAVES = 24
"""Groups at the foot of the dendrogram; what is below them is not told."""


def tables(frame: pd.DataFrame, model: SegmentModel, rows: int) -> dict[str, pd.DataFrame]:
    """Everything that is stored beside the scores, by table.

    Args:
        frame: the customers that the model was fitted to.
        model: the fitted model.
        rows: how many of them get coordinates and stand in the dendrogram.
    """
    values = behaviour_of(frame)
    nearest = model.nearest(values)
    sample = sample_rows(len(frame), rows)
    points = model.scaler.scale(values)[sample]
    return {
        SEGMENTS: pd.DataFrame([segment.as_row() for segment in model.segments]),
        PROFILES: profiles(values, nearest, model),
        COORDINATES: coordinates(frame[CUSTOMER_ID].iloc[sample], points, nearest[sample], model),
        DENDROGRAM: dendrogram(points, nearest[sample], model),
    }


def profiles(values: Floats, nearest: Labels, model: SegmentModel) -> pd.DataFrame:
    """Quartiles of each measure in each segment, in the customers' units.

    Returns:
        One row per segment and measure: `feature_name`, `lower_quartile`, `median_value`,
        `upper_quartile`, and `scaled_mean`, the centre on the scale of the model.
    """
    rows = []
    for index, segment in enumerate(model.segments):
        quartiles = np.quantile(values[nearest == index], [0.25, 0.5, 0.75], axis=0)
        for column, name in enumerate(BEHAVIOUR):
            rows.append(
                {
                    SEGMENT_ID: segment.segment_id,
                    PERSONA_NAME: segment.persona_name,
                    "feature_name": name,
                    "lower_quartile": quartiles[0, column],
                    "median_value": quartiles[1, column],
                    "upper_quartile": quartiles[2, column],
                    "scaled_mean": model.centres[index, column],
                }
            )
    return pd.DataFrame(rows)


def coordinates(
    customers: pd.Series, points: Floats, nearest: Labels, model: SegmentModel
) -> pd.DataFrame:
    """Places in two dimensions: principal components and t-SNE (van der Maaten, Hinton 2008).

    t-SNE keeps neighbours together; distances between groups and their sizes mean nothing in it.
    """
    ids = np.array([segment.segment_id for segment in model.segments], dtype=object)
    flat = PCA(2).fit_transform(points)
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    near = TSNE(
        perplexity=perplexity, init="pca", random_state=SEED, max_iter=500, n_jobs=1
    ).fit_transform(points)
    return pd.DataFrame(
        {
            CUSTOMER_ID: customers.to_numpy(),
            SEGMENT_ID: ids[nearest],
            "pca_1": flat[:, 0],
            "pca_2": flat[:, 1],
            "tsne_1": near[:, 0].astype(np.float64),
            "tsne_2": near[:, 1].astype(np.float64),
        }
    )


@dataclass(frozen=True)
class _Node:
    """A merge, or at the foot a group that is not split further."""

    members: list[int]
    height: float
    children: tuple[_Node, ...] = ()


def dendrogram(points: Floats, nearest: Labels, model: SegmentModel) -> pd.DataFrame:
    """The upper part of Ward's tree over a sample of customers.

    Returns:
        One row per node: `node_number` (1 is the root), `left_node_number` and
        `right_node_number` (null at the foot), `height` (Ward's distance of the merge, on the
        scale of the model), `position` (for drawing: feet from left to right at 0, 1, 2 ...,
        a merge in the middle of its two), `customer_count`, `segment_id` that most of its
        customers have and `segment_share`, how many of them.
    """
    root = _tree(linkage(points, method="ward"), len(points))
    numbers = {id(node): number for number, node in enumerate(_walk(root), start=1)}
    feet = [node for node in _walk(root) if not node.children]
    places = {id(node): float(place) for place, node in enumerate(feet)}
    rows = [_node_row(node, numbers, places, nearest, model) for node in _walk(root)]
    return pd.DataFrame(rows).astype({"left_node_number": "Int64", "right_node_number": "Int64"})


def _tree(merges: Floats, count: int) -> _Node:
    nodes = {row: _Node([row], 0.0) for row in range(count)}
    lowest = len(merges) - (LEAVES - 1)
    for index, (left, right, height, _) in enumerate(merges):
        pair = (nodes.pop(int(left)), nodes.pop(int(right)))
        members = pair[0].members + pair[1].members
        # Heights of what is collapsed are not told: the foot of the picture is at zero.
        shown = index >= lowest
        nodes[count + index] = _Node(members, float(height) if shown else 0.0, pair * shown)
    return nodes.popitem()[1]


def _walk(node: _Node) -> Iterator[_Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _place(node: _Node, places: dict[int, float]) -> float:
    if not node.children:
        return places[id(node)]
    return sum(_place(child, places) for child in node.children) / 2


def _node_row(
    node: _Node,
    numbers: dict[int, int],
    places: dict[int, float],
    nearest: Labels,
    model: SegmentModel,
) -> dict[str, object]:
    counts = np.bincount(nearest[node.members], minlength=len(model.segments))
    left, right = (numbers[id(c)] for c in node.children) if node.children else (None, None)
    return {
        "node_number": numbers[id(node)],
        "left_node_number": left,
        "right_node_number": right,
        "height": node.height,
        "position": _place(node, places),
        "customer_count": len(node.members),
        SEGMENT_ID: model.segments[int(counts.argmax())].segment_id,
        "segment_share": float(counts.max() / len(node.members)),
    }
