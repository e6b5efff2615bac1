"""Draw the segments of a shop as SVG: principal components, t-SNE and the dendrogram.

    python -m benchmarks.segment_picture online_retail docs/images/segments.svg

Everything comes from predictions.segment_*; no library is needed to draw it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from warehouse.bulk import read_frame
from warehouse.connect import ensure_server
from warehouse.settings import Settings, load_settings

COLOURS = ("#1b6ca8", "#2a9d5c", "#e0a100", "#b23a48", "#7b5ea7", "#4f6d7a", "#d1495b")
SIDE, GAP, TOP = 300, 24, 56
SEGMENTS = "select * from predictions.segments where source_name = $1 order by segment_number"
POINTS = "select * from predictions.segment_coordinates where source_name = $1 order by customer_id"
NODES = "select * from predictions.segment_dendrogram where source_name = $1 order by node_number"


def main(source: str, path: str) -> None:
    """Write the picture."""
    settings = ensure_server(load_settings())
    Path(path).write_text(picture(settings, source), encoding="utf-8")


def picture(settings: Settings, source: str) -> str:
    """The whole SVG."""
    segments, points, nodes = (
        read_frame(settings, query, (source,)) for query in (SEGMENTS, POINTS, NODES)
    )
    colours = dict(zip(segments["segment_id"], COLOURS, strict=False))
    width = 3 * SIDE + 4 * GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {SIDE + TOP + GAP}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{width}" height="{SIDE + TOP + GAP}" fill="white"/>',
        *_legend(segments, colours),
        *_scatter(points, ("pca_1", "pca_2"), colours, 0, "principal components"),
        *_scatter(points, ("tsne_1", "tsne_2"), colours, 1, "t-SNE"),
        *_dendrogram(nodes, colours, 2),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(segments: pd.DataFrame, colours: dict[str, str]) -> Iterator[str]:
    x = GAP
    for segment in segments.itertuples():
        text = f"{segment.persona_name} ({segment.customer_share:.0%})"
        yield f'<circle cx="{x}" cy="16" r="5" fill="{colours[segment.segment_id]}"/>'
        yield f'<text x="{x + 10}" y="20">{text}</text>'
        x += 30 + 7 * len(text)


def _scatter(
    points: pd.DataFrame, axes: tuple[str, str], colours: dict[str, str], place: int, title: str
) -> Iterator[str]:
    left = GAP + place * (SIDE + GAP)
    yield f'<text x="{left}" y="{TOP - 10}">{title}</text>'
    across, up = (_scaled(points[axis]) for axis in axes)
    for segment, colour in colours.items():
        rows = points["segment_id"] == segment
        marks = "".join(
            f"M{left + x * SIDE:.0f} {TOP + (1 - y) * SIDE:.0f}h0"
            for x, y in zip(across[rows], up[rows], strict=True)
        )
        yield (
            f'<path d="{marks}" stroke="{colour}" stroke-width="3.5" stroke-linecap="round" '
            'stroke-opacity="0.6"/>'
        )


def _dendrogram(nodes: pd.DataFrame, colours: dict[str, str], place: int) -> Iterator[str]:
    left = GAP + place * (SIDE + GAP)
    yield f'<text x="{left}" y="{TOP - 10}">Ward&#8217;s tree of the same customers</text>'
    known = nodes.set_index("node_number")
    across = left + _scaled(known["position"]) * SIDE
    up = TOP + (1 - known["height"] / known["height"].max()) * (SIDE - 8)
    for number, node in known.dropna(subset=["left_node_number"]).iterrows():
        one, other = int(node["left_node_number"]), int(node["right_node_number"])
        # A merge of one segment's customers has its colour, one of several segments none.
        colour = colours[node["segment_id"]] if node["segment_share"] > 0.9 else "#999999"
        yield (
            f'<path d="M{across[one]:.1f} {up[one]:.1f}V{up[number]:.1f}H{across[other]:.1f}'
            f'V{up[other]:.1f}" fill="none" stroke="{colour}"/>'
        )
    for number, node in known[known["left_node_number"].isna()].iterrows():
        yield (
            f'<circle cx="{across[number]:.1f}" cy="{up[number]:.1f}" r="4" '
            f'fill="{colours[node["segment_id"]]}"/>'
        )


def _scaled(values: pd.Series) -> pd.Series:
    spread = values.max() - values.min()
    return (values - values.min()) / (spread if spread else 1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
