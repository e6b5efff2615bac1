"""What is computed in Python: correlations, findings, and numbers as people read them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from apps.profile.catalogue import Column, Relation
from apps.profile.column_stats import ColumnStats
from apps.profile.correlations import correlations
from apps.profile.duplicates import Duplicates
from apps.profile.findings import findings
from apps.profile.outliers import Spread
from apps.profile.profiler import ColumnProfile, Profile
from apps.profile.text import listed, number, percent, plural

TEN = np.arange(10.0)


def pairs(**columns: object) -> dict[tuple[str, str], tuple[float, float, int]]:
    found = correlations(pd.DataFrame(columns))
    return {
        (c.left, c.right): (round(c.spearman, 4), round(c.pearson, 4), c.row_count) for c in found
    }


def test_ranks_see_a_curve_that_values_do_not() -> None:
    found = pairs(x=TEN, curve=np.exp(TEN), down=-TEN)
    assert found["x", "curve"][0] == 1
    assert found["x", "curve"][1] < 0.8
    assert found["x", "down"] == (-1, -1, 10)


def test_a_pair_counts_the_rows_that_have_both() -> None:
    x = np.arange(12.0)
    gap = np.where(x < 2, np.nan, x)
    assert pairs(x=x, gap=gap)["x", "gap"] == (1, 1, 10)
    assert pairs(x=x, gap=np.where(x < 3, np.nan, x)) == {}


def test_what_cannot_move_together_is_left_out() -> None:
    assert pairs(x=TEN, constant=np.ones(10)) == {}
    assert pairs(x=TEN, nothing=np.full(10, np.nan)) == {}
    assert pairs(x=TEN) == {}
    assert pairs(x=TEN[:3], y=TEN[:3]) == {}
    assert pairs(x=TEN, word=list("abcdefghij"), flag=[True] * 5 + [False] * 5) == {}
    assert correlations(pd.DataFrame()) == []


def test_the_strongest_come_first() -> None:
    frame = pd.DataFrame({"x": TEN, "near": [1, 0, 2, 3, 4, 5, 6, 7, 9, 8], "same": TEN})
    assert next((c.left, c.right) for c in correlations(frame)) == ("x", "same")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0, "0"),
        (1234567, "1,234,567"),
        (-0.5, "-0.5"),
        (1289.8123, "1,289.81"),
        (5.60234, "5.602"),
        (0.00123456, "0.001235"),
        (1e-7, "1e-07"),
        (1e38, "1e+38"),
    ],
)
def test_numbers_are_short(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *((0, "0%"), (1, "100%"), (0.5, "50%"), (0.0004, "< 0.1%"), (0.9999, "> 99.9%")),
        *((0.123, "12.3%"), (0.001, "0.1%")),
    ],
)
def test_nearly_nothing_is_not_nothing(share: float, text: str) -> None:
    assert percent(share) == text


def test_lists_end() -> None:
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert listed(["a", "b"], 2) == "a, b"
    assert (plural(1, "row"), plural(2, "row"), plural(0, "row")) == ("1 row", "2 rows", "0 rows")


def part(name: str, stats: ColumnStats, spread: Spread | None = None) -> ColumnProfile:
    return ColumnProfile(Column(name, "text", "text", ""), stats, None, spread=spread)


def spread(**changed: object) -> Spread:
    numbers = {"quarter": 1.0, "middle": 2.0, "three_quarters": 3.0, "mad": 1.0}
    values: dict[str, object] = {"present": 100, "mean": 2.0, "deviation": 1.0, "zeros": 0}
    values |= {"negatives": 0, "beyond_mad": 0, "beyond_iqr": 0, "lowest": [], "highest": []}
    return Spread(**{**values, **numbers, **changed})  # type: ignore[arg-type]


def texts(profile: Profile) -> list[tuple[str, str]]:
    return [(finding.level, finding.text) for finding in findings(profile)]


def test_fences_and_limits_by_hand() -> None:
    assert spread().fences == (-2, 6)
    assert spread().mad_limits == pytest.approx((2 - 4.4478, 2 + 4.4478))
    assert spread(mad=0.0).mad_limits is None
    assert spread(quarter=None).fences is None


def test_what_stands_out_is_said() -> None:
    profile = Profile(
        relation=Relation("s", "t", "table", ""),
        row_count=100,
        columns=[
            part("never", ColumnStats(100, 100, 0)),
            part("always", ColumnStats(100, 0, 1)),
            part("_batch_id", ColumnStats(100, 0, 1)),
            part("often", ColumnStats(100, 40, 20, blank=3)),
            part("far", ColumnStats(100, 0, 50), spread(beyond_iqr=6)),
            part("near", ColumnStats(100, 0, 50), spread(beyond_iqr=5)),
            part("odd", ColumnStats(100, 0, 50), spread(present=98)),
        ],
        duplicates=[
            Duplicates("Whole rows", ("a",), 0, 0, 1),
            Duplicates("Rows without key and landing columns", ("a",), 5, 2, 4),
            Duplicates("Key id", ("id",), 3, 1, 4, is_key=True),
        ],
    )
    assert texts(profile) == [
        (
            "problem",
            "Key id is declared unique, but has 3 rows too many (values that repeat: 1).",
        ),
        ("problem", "Never filled: never."),
        ("problem", "NaN, infinite or beyond 1e100: odd (2)."),
        (
            "notice",
            "5 rows (5%) repeat another row in everything but key and landing columns.",
        ),
        ("notice", "Always the same value: always."),
        ("notice", "Often missing: often (40%)."),
        ("notice", "Text that is there but blank: often (3) rows."),
        ("notice", "Many values far outside: far (6%)."),
    ]


def test_a_sound_table_has_no_findings() -> None:
    sound = Profile(Relation("s", "t", "table", ""), 10, [part("id", ColumnStats(10, 0, 10))])
    assert findings(sound) == []
    assert (
        findings(Profile(Relation("s", "t", "table", ""), 0, [part("id", ColumnStats(0, 0, 0))]))
        == []
    )
