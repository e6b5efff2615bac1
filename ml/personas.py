"""Names for segments, from what their customers are like and never from a cluster's number."""

from __future__ import annotations

import pandas as pd

# By recency (bought lately), frequency (orders often) and spend, each against the shop's average.
PERSONAS: dict[tuple[bool, bool, bool], str] = {
    (True, True, True): "VIP",
    (True, True, False): "Frequent small baskets",
    (True, False, True): "Promising big spenders",
    (True, False, False): "Newcomers",
    (False, True, True): "Slipping VIP",
    (False, True, False): "Slipping regulars",
    (False, False, True): "Lost big spenders",
    (False, False, False): "Lost casuals",
}
GRADES = {1: [""], 2: ["higher spend", "lower spend"]}


def name_segments(profiles: pd.DataFrame) -> list[str]:
    """Name each segment by its mean profile.

    Args:
        profiles: one row per segment, columns `recency` (high means long ago), `frequency`,
            `spend`, each the mean z-score of the logged value over the shop's customers.

    Returns:
        One distinct name per row. Segments of one kind are told apart by their spend.
    """
    traits = zip(
        (profiles["recency"] < 0).tolist(),
        (profiles["frequency"] > 0).tolist(),
        (profiles["spend"] > 0).tolist(),
        strict=True,
    )
    kinds = [PERSONAS[trait] for trait in traits]
    names = [""] * len(kinds)
    for kind in dict.fromkeys(kinds):
        rows = [index for index, other in enumerate(kinds) if other == kind]
        rows.sort(key=lambda index: -float(profiles["spend"].iloc[index]))
        for index, grade in zip(rows, _grades(len(rows)), strict=True):
            names[index] = f"{kind}, {grade}" if grade else kind
    return names


def _grades(count: int) -> list[str]:
    return GRADES.get(count) or [f"spend rank {rank}" for rank in range(1, count + 1)]
