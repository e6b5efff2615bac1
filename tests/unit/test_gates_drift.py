"""Drift on hand-written histories: what is found, and what is left in peace."""

from __future__ import annotations

import math

import pytest

from ingest.gates.drift import History, judge
from ingest.gates.limits import DriftLimits
from ingest.gates.statistics import Statistic

LIMITS = DriftLimits(categories=("country",), amounts=("price",))
ROWS = (1000, 1100, 950, 1020, 990, 1080, 1040, 970)
SHARES = (0.25, 0.27, 0.24, 0.22, 0.26, 0.25, 0.28, 0.23)


def history(name: str, values, column: str = "", unknown=()) -> History:
    found = tuple(Statistic(column, name, "", float(value)) for value in values)
    return History(len(found), found, frozenset(unknown))


def one(name: str, earlier, value: float, column: str = "x", limits: DriftLimits = LIMITS):
    column = "" if name == "row_count" else column
    current = [Statistic(column, name, "", value)]
    given = history(name, earlier, column)
    return judge(current, given, limits, is_sampled=False)[0]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_with_too_few_batches_nothing_is_judged(count):
    result = one("row_count", ROWS[:count], 1)
    assert result.success is None
    assert result.observed == "1 rows; no history"
    assert result.message == ""


def test_three_batches_are_enough():
    assert one("row_count", ROWS[:3], 1).success is False


@pytest.mark.parametrize(
    ("name", "earlier", "value", "is_fine"),
    [
        ("row_count", ROWS, 1200, True),
        ("row_count", ROWS, 500, False),
        ("row_count", ROWS, 2000, False),
        ("row_count", [1000] * 8, 600, True),
        ("row_count", [1000] * 8, 500, False),
        # A shop whose days differ threefold: half of a day is an ordinary day.
        ("row_count", (500, 1500, 900, 1400, 600, 1100, 700, 1300), 500, True),
        ("row_count", (500, 1500, 900, 1400, 600, 1100, 700, 1300), 50, False),
        # One odd batch among the earlier ones changes nothing.
        ("row_count", (*ROWS, 100_000), 500, False),
        ("null_share", SHARES, 0.33, True),
        ("null_share", SHARES, 1.0, False),
        ("null_share", SHARES, 0.0, False),
        ("null_share", [0.0] * 8, 0.09, True),
        ("null_share", [0.0] * 8, 0.11, False),
        ("null_share", (0.1, 0.9, 0.2, 0.8, 0.3, 0.4, 0.45), 1.0, False),
        ("null_share", (0.7, 0.75, 0.6, 0.8, 0.72, 0.68), 1.0, False),
        # Mostly blank and never the same: all blank is still worth a word.
        ("null_share", (0.7, 0.9, 0.5, 0.8, 0.6, 0.75), 1.0, False),
        ("null_share", (0.7, 0.9, 0.5, 0.8, 0.6, 0.75), 0.95, True),
        ("invalid_share", [0.0] * 8, 0.01, True),
        ("invalid_share", [0.0] * 8, 0.03, False),
        ("invalid_share", [0.5] * 8, 0.0, True),
        ("amount_level", [1.0, 1.1, 0.95, 1.05, 1.0], 1.0 + math.log(1.2), True),
        ("amount_level", [1.0, 1.1, 0.95, 1.05, 1.0], 1.0 + math.log(2), False),
        ("amount_level", [1.0, 1.1, 0.95, 1.05, 1.0], 1.0 - math.log(2), False),
        ("amount_level", [0.0, 2.0, 0.5, 1.5, 1.0], 1.0 + math.log(2), False),
    ],
)
def test_difference_is_judged(name, earlier, value, is_fine):
    result = one(name, earlier, value)
    assert result.success is is_fine
    assert bool(result.message) is not is_fine


def test_message_says_what_where_and_what_would_be_ordinary():
    result = one("null_share", SHARES, 1.0, "customer_id")
    assert result.message == (
        "customer_id is blank in 100.0% of the rows, unlike the 8 batches before it (25.0% in "
        "the middle, 15.0% to 35.0% are ordinary); compare it with the file before"
    )
    assert (result.severity, result.threshold) == ("warn", "15.0% to 35.0%")


def test_drift_can_stop_or_be_switched_off():
    strict = DriftLimits(stop=("row_count",))
    assert one("row_count", ROWS, 1, limits=strict).severity == "stop"
    assert one("null_share", SHARES, 1, limits=strict).severity == "warn"
    current = [Statistic("", "row_count", "", 1.0)]
    off = DriftLimits(off=("row_count",))
    assert judge(current, history("row_count", ROWS), off, is_sampled=False) == []


def test_row_count_is_never_sampled():
    current = [Statistic("", "row_count", "", 9.0), Statistic("x", "null_share", "", 0.0)]
    found = judge(current, History(), LIMITS, is_sampled=True)
    assert [(r.check_name, r.is_sampled) for r in found] == [
        ("row_count", False),
        ("null_share", True),
        ("new_category", True),
    ]


@pytest.mark.parametrize(
    ("share", "known", "is_fine"),
    [(0.05, False, False), (0.02, False, True), (0.9, True, True)],
)
def test_new_category_counts_once_enough_rows_have_it(share, known, is_fine):
    current = [
        Statistic("country", "category_share", "UK", 1 - share),
        Statistic("country", "category_share", "<Atlantis>", share),
    ]
    unknown = () if known else (("country", "<Atlantis>"),)
    given = history("row_count", ROWS, unknown=unknown)
    result = judge(current, given, LIMITS, is_sampled=False)[0]
    assert (result.check_name, result.column_name) == ("new_category", "country")
    assert result.success is is_fine
    assert ("Atlantis" in result.message) is not is_fine


def test_category_of_a_first_batch_is_not_new():
    current = [Statistic("country", "category_share", "UK", 1.0)]
    given = History(0, (), frozenset({("country", "UK")}))
    assert judge(current, given, LIMITS, is_sampled=False)[0].success is None
