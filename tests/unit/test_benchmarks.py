from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from benchmarks import bench_warehouse, measures, report, steps
from benchmarks.day_files import DAYS, HISTORY, cut_short
from benchmarks.dbt_times import dbt_times
from benchmarks.duck import CHECKS, MARTS, check, plain
from benchmarks.journal import Journal
from benchmarks.make_shop import MARKER, Wanted, config_for, main, make_shop
from benchmarks.place import wanted_of
from ingest.sample import generate, read_text
from ingest.sample.columns import CUSTOMERS, FILE_COLUMNS, ORDER_ITEMS, ORDERS, PRODUCTS, RETURNS

WHOLE_DAYS = Wanted(
    lines=3000, days=90, split_days=20, day_lines=0, products=50, changed_products=2
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "shop"
    make_shop(folder, WHOLE_DAYS)
    return folder


def rows(folder: Path, name: str) -> pd.DataFrame:
    parts = [read_text(path) for path in sorted(folder.rglob(name))]
    return pd.concat(parts, ignore_index=True)


def test_a_shop_has_about_as_many_lines_as_asked_for(shop: Path) -> None:
    made = json.loads((shop / MARKER).read_text("utf-8"))
    assert made["lines"] == len(rows(shop, ORDER_ITEMS))
    assert made["orders"] == len(rows(shop, ORDERS))
    assert made["lines"] == pytest.approx(WHOLE_DAYS.lines, rel=0.15)


def test_the_split_loses_no_row(shop: Path) -> None:
    whole = generate(config_for(WHOLE_DAYS)).files
    for name in (CUSTOMERS, ORDERS, ORDER_ITEMS, RETURNS):
        keys = list(FILE_COLUMNS[name])
        expected = whole[name].sort_values(keys, ignore_index=True)
        found = rows(shop, name).sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_a_day_has_its_own_rows_only(shop: Path) -> None:
    days = sorted((shop / DAYS).iterdir())
    assert [day.name for day in days][-1] == "2025-06-30"
    assert len(days) == WHOLE_DAYS.split_days
    assert rows(shop / HISTORY, ORDERS)["ordered_at"].max()[:10] < days[0].name
    for day in days:
        orders = rows(day, ORDERS)
        assert set(orders["ordered_at"].str[:10]) == {day.name}
        assert set(rows(day, ORDER_ITEMS)["order_id"]) == set(orders["order_id"])


def test_a_day_brings_new_prices(shop: Path) -> None:
    days = sorted((shop / DAYS).iterdir())
    day = days[1]
    assert not {*rows(days[0], PRODUCTS)["product_id"]} & {*rows(day, PRODUCTS)["product_id"]}
    old = rows(shop / HISTORY, PRODUCTS).set_index("product_id")
    new = rows(day, PRODUCTS).set_index("product_id")
    assert len(new) == WHOLE_DAYS.changed_products
    for product, row in new.iterrows():
        assert float(row["list_price"]) == pytest.approx(
            float(old.loc[product, "list_price"]) * 1.01, abs=0.006
        )
        assert row["unit_cost"] == old.loc[product, "unit_cost"]


def test_the_same_shop_is_left_alone_and_a_strange_folder_too(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (shop / MARKER).stat().st_mtime_ns
    make_shop(shop, WHOLE_DAYS)
    assert (shop / MARKER).stat().st_mtime_ns == before
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    assert main([str(tmp_path), "--lines", "100"]) == 2
    assert "holds no shop" in capsys.readouterr().err


def test_a_busy_day_ends_once_it_has_its_lines() -> None:
    times = ["2025-06-30 08", "2025-06-30 10", "2025-06-30 09"]
    day = {
        ORDERS: pd.DataFrame({"order_id": ["b", "a", "c"], "ordered_at": times}),
        ORDER_ITEMS: pd.DataFrame({"order_id": ["b", "a", "a", "c"]}),
        RETURNS: pd.DataFrame({"order_id": ["old"]}),
        CUSTOMERS: pd.DataFrame({"customer_id": ["of a"]}),
    }
    later = {
        ORDERS: day[ORDERS].head(0),
        ORDER_ITEMS: day[ORDER_ITEMS].head(0),
        RETURNS: pd.DataFrame({"order_id": ["c", "a"]}),
    }
    cut = cut_short({"2025-06-30": day, "2025-07-01": later}, 2)
    assert list(cut["2025-06-30"][ORDERS]["order_id"]) == ["b", "c"]
    assert list(cut["2025-06-30"][ORDER_ITEMS]["order_id"]) == ["b", "c"]
    assert list(cut["2025-06-30"][CUSTOMERS]["customer_id"]) == ["of a"]
    assert list(cut["2025-07-01"][RETURNS]["order_id"]) == ["c"]


def test_an_older_shop_has_a_day_of_the_same_size() -> None:
    young, old = wanted_of("1000000"), wanted_of("10000000@7000")
    assert young.most_day_lines == old.most_day_lines == 1429
    assert Wanted(lines=10, day_lines=0).most_day_lines == 0


def test_dbts_own_times_add_up_over_invocations() -> None:
    def invocation(wall: float, *nodes: tuple[str, float]) -> dict[str, Any]:
        results = [{"unique_id": name, "execution_time": seconds} for name, seconds in nodes]
        return {"elapsed_time": wall, "results": results}

    found = dbt_times(
        [
            invocation(2.0, ("model.clientele.a", 1.5), ("test.clientele.t.1234", 0.25)),
            invocation(1.0, ("model.clientele.a", 0.5), ("seed.clientele.s", 0.125)),
        ]
    )
    assert (found.wall, found.total) == (3.0, 2.38)
    assert found.by_kind == {"models": 2.0, "data tests": 0.25, "seeds": 0.125}
    assert found.by_model == {"a": 2.0, "s": 0.125}
    assert found.by_test == {"t": 0.25}


def test_both_engines_answers_read_the_same() -> None:
    postgres = (3, Decimal("12.5000"), datetime(2025, 6, 30, 8, 0), date(2025, 6, 30), 100)
    duckdb = (Decimal("3"), Decimal("12.5"), datetime(2025, 6, 30, 8, 0), date(2025, 6, 30), 100)
    assert plain(postgres) == plain(duckdb)
    assert plain(postgres)[-1] == "100"
    assert set(CHECKS) == set(MARTS)
    assert check("fct_returns", "marts.").endswith("from marts.fct_returns")


def test_a_table_is_aligned() -> None:
    text = report.table(["1,000 lines", "x"], [("load, s", ["1.5", "12.25"]), ("a", ["-", "-"])])
    assert text.splitlines() == [
        "         1,000 lines      x",
        "load, s          1.5  12.25",
        "a                  -      -",
    ]


def measured(lines: int, wall: float, daily: float, memory: int = 300) -> measures.Steps:
    def run(seconds: float) -> dict[str, Any]:
        times = {"wall": seconds, "total": seconds, "by_kind": {}, "by_model": {"slow": seconds}}
        return {"seconds": seconds + 1, "peak_memory_mb": memory, "dbt": times}

    return {
        "make": {"lines": lines, "lines_by_day": {"2025-06-29": 10, "2025-06-30": 14}},
        "build": run(wall),
        "daily 2025-06-29": run(daily),
        "daily 2025-06-30": {"stopped": True},
        "statement slow": {"model_seconds": 3.0, "statement_seconds": 1.5, "differing_rows": 0},
    }


def test_each_promise_is_judged() -> None:
    found = {"small": measured(1000, 10, 1), "big": measured(10_000, 110, 1.2, memory=2000)}
    assert report.judgements(found) == [
        "small: memory of a Python process, MB 300, at most 1024: met",
        "small: a daily run to the full build 0.1, at most 0.08: MISSED",
        "small: slow to the statement 2, at most 1.5: MISSED",
        "big: memory of a Python process, MB 2e+03, at most 1024: MISSED",
        "big: a daily run to the full build 0.0109, at most 0.08: met",
        "big: slow to the statement 2, at most 1.5: MISSED",
        "big: a line's cost to that of small 1.1, at most 1.2: met",
        "big: a daily run to that of small 1.2, at most 1.3: met",
    ]
    assert report.slowest_models(list(found.values())) == [("slow", ["10.00 s", "110.00 s (1.10)"])]


def test_what_was_not_measured_is_a_dash_and_what_differs_is_said() -> None:
    found = measured(1000, 10, 1)
    del found["daily 2025-06-29"]
    shown = dict(report.summary([found]))
    assert shown["daily run, dbt's own time, s"] == [report.MISSING]
    assert shown["load, s from start to end"] == [report.MISSING]
    found["core"] = {"results": {"fct_orders": ["1", "2"]}}
    found["duckdb"] = {"results": {"fct_orders": ["1", "3"]}}
    found["statement slow"]["differing_rows"] = 7
    assert report.judgements({"small": found})[-2:] == [
        "small: slow and the statement DIFFER in 7 rows",
        "small: we and DuckDB DIFFER in fct_orders",
    ]


def test_a_stopped_daily_run_is_made_again_and_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def daily(place: Any, day: str) -> dict[str, Any]:
        made.append(day)
        return {"dbt": {}}

    monkeypatch.setattr(steps, "daily", daily)
    monkeypatch.setattr(steps, "knows_daily", lambda: True)
    monkeypatch.setattr(steps, "days", lambda place: ["d1", "d2", "d3", "d4"])
    Journal(tmp_path / "results.json").note("size", "daily d1", {"stopped": True})
    place: Any = SimpleNamespace(name="size")
    for _ in range(2):
        journal = Journal(tmp_path / "results.json")
        assert bench_warehouse.measure_days(place, journal, 2) == ["d1", "d2", "d3"]
    assert made == ["d1", "d2", "d3"]
    assert list(measures.daily_runs(journal.of("size"))) == ["d2", "d3"]
