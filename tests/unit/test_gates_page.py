"""The page escapes whatever a file brings, and needs nothing but itself."""

from __future__ import annotations

import re
from datetime import datetime

from ingest.gates.page import BatchView, CheckView, Page, _spark, render

WHEN = datetime(2026, 1, 2, 3, 4)
EVIL = "<script>alert('x')</script>\"&"


def check(success: bool | None = False, severity: str = "warn", **changes) -> CheckView:
    values = {
        "kind": "drift",
        "name": "null_share",
        "column": "email",
        "severity": severity,
        "success": success,
        "observed": "40.0% of the rows",
        "threshold": "0.0% to 10.0%",
        "percent": None,
        "sample": None,
        "is_sampled": False,
    }
    return CheckView(**{**values, **changes})


def batch(*checks: CheckView, state: str = "loaded", **changes) -> BatchView:
    values = {
        "batch_id": 7,
        "source": "acme",
        "table": "shop__orders",
        "file": "orders.csv",
        "row_count": 1234,
        "state": state,
        "message": None,
        "finished_at": WHEN,
        "checks": checks,
    }
    return BatchView(**{**values, **changes})


def test_empty_warehouse_has_a_page():
    assert "Nothing was loaded yet" in render(Page(None, WHEN))


def test_every_value_is_escaped():
    evil = check(name=EVIL, column=EVIL, observed=EVIL, threshold=EVIL, sample=EVIL)
    odd = batch(evil, check(True, observed=EVIL), file=EVIL, message=EVIL, table=EVIL, source=EVIL)
    html = render(Page(EVIL, WHEN, [odd]))
    assert "<script" not in html
    assert "alert(&#39;x&#39;)" in html


def test_page_loads_nothing_from_elsewhere():
    html = render(Page(None, WHEN, [batch(check())]))
    assert not re.search(r"(src|href|url\(|@import|https?:)", html)


def test_batches_are_counted_and_the_gravest_check_stands_first():
    refused = batch(
        check(severity="warn", column="mild"),
        check(severity="stop", column="grave"),
        state="refused",
        message="orders.csv: no",
    )
    page = Page(None, WHEN, [refused, batch(check()), batch(check(True)), batch(check(None))])
    assert [page.count(v) for v in ("refused", "warned", "fine")] == [1, 1, 2]
    assert [c.column for c in refused.broken] == ["grave", "mild"]
    html = render(page)
    assert html.index("grave") < html.index("mild")
    assert "orders.csv: no" in html
    assert "no history" in html


def test_line_ends_at_the_batch_and_stays_inside():
    spark = _spark(check(name="row_count", observed="5 rows; no history"), [10, 1000, 5])
    points = [tuple(map(float, point.split(","))) for point in spark.points.split()]
    assert points[-1] == (spark.x, spark.y)
    assert all(0 <= x <= 120 and 0 <= y <= 28 for x, y in points)
    assert spark.now == "5 rows"
    assert points[1][1] < points[0][1] < points[2][1]


def test_line_without_movement_runs_through_the_middle():
    spark = _spark(check(), [0.5, 0.5])
    assert {point.split(",")[1] for point in spark.points.split()} == {"14.0"}
