"""Which numeric columns move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MOST_PAIRS = 20
MOST_COLUMNS = 60
FEWEST_ROWS = 10
WORTH_SHOWING = 0.1


@dataclass(frozen=True)
class Correlation:
    """Two numeric columns and how strongly they move together."""

    left: str
    right: str
    spearman: float
    """Of the ranks: any steady relation, whatever its shape, and no outlier decides it."""
    pearson: float
    """Of the values: straight lines."""
    row_count: int
    """Rows in which both have a value."""


def correlations(frame: pd.DataFrame) -> list[Correlation]:
    """Return the pairs of numeric columns with the largest rank correlation, largest first.

    Ranks are those of the whole column; a pair needs ten rows in which both have a value. Pairs
    below 0.1 either way are left out, and so are columns after the sixtieth.
    """
    numbers = frame.select_dtypes("number").iloc[:, :MOST_COLUMNS]
    if numbers.shape[1] < 2 or len(numbers) < FEWEST_ROWS:
        return []
    spearman = numbers.rank().corr(min_periods=FEWEST_ROWS).to_numpy()
    pearson = numbers.corr(min_periods=FEWEST_ROWS).to_numpy()
    present = numbers.notna().to_numpy().astype(np.float64)
    both = present.T @ present
    names = list(numbers.columns)
    rows, columns = np.triu_indices(len(names), k=1)
    found = [
        Correlation(
            names[i], names[j], float(spearman[i, j]), float(pearson[i, j]), int(both[i, j])
        )
        for i, j in zip(rows, columns, strict=True)
        if abs(spearman[i, j]) >= WORTH_SHOWING  # never true of NaN
    ]
    return sorted(found, key=lambda pair: -abs(pair.spearman))[:MOST_PAIRS]
