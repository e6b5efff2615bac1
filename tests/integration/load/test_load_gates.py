"""Suites, drift and what is stored about a batch, on a real Postgres."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.check_sample import SAMPLE_ROWS
from ingest.contract import known_sources, load_contract
from ingest.expectations import BatchChecks
from ingest.gates import store
from ingest.gates.gx_import import Library
from ingest.gates.report import write_page
from ingest.gates.statistics import Statistic
from ingest.gates.suite import SUITES_DIR, load_suites
from ingest.landing import BatchResult, load_files
from ingest.session import transaction
from tests.load_help import PROJECT_DIR, csv_text, execute, line, query
from warehouse.connect import connect
from warehouse.errors import InputRefused, UsageError
from warehouse.settings import Settings

SUITE = f"{SUITES_DIR}/online_retail__lines.yml"
COUNT = "select count(*) from raw.online_retail__lines"
OF_SUITE = (
    "select severity, success, observed, threshold, unexpected_count, unexpected_percent, "
    "sample_values, is_sampled from raw.batch_checks where check_kind = 'suite' "
    "order by batch_id, check_number"
)
DRIFT = (
    "select check_name, column_name from raw.batch_checks "
    "where check_kind = 'drift' and not success order by batch_id, check_number"
)
BIG = SAMPLE_ROWS * 3


@pytest.fixture
def project(db: Settings, tmp_path: Path) -> Settings:
    """The database under a project of our own, whose suites a test may write."""
    folder = tmp_path / "project"
    for path in PROJECT_DIR.glob("models/staging/*/_*__sources.yml"):
        target = folder / path.relative_to(PROJECT_DIR)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (folder / SUITES_DIR).mkdir(parents=True)
    return db.model_copy(update={"project_dir": folder})


@pytest.fixture
def load_with(project: Settings) -> Callable[..., list[BatchResult]]:
    """Load files under a suite given as text."""

    def run(suite: str, *paths: Path) -> list[BatchResult]:
        (project.project_dir / SUITE).write_text(suite)
        return load_files(project, "online_retail", paths)

    return run


def write(path: Path, *lines: str) -> Path:
    path.write_text(csv_text(*lines))
    return path


def between(severity: str, more: str = "") -> str:
    return (
        "expectations:\n  - expectation: ExpectColumnValuesToBeBetween\n"
        f"    kwargs: {{column: quantity, min_value: 0{more}}}\n    severity: {severity}\n"
        "    remedy: returns are no sales\n"
    )


def test_warning_lands_the_batch_and_says_so(load_with, db, tmp_path):
    path = write(tmp_path / "a.csv", line(1), line(2, Quantity="-3"), line(3), line(4))
    (result,) = load_with(between("warn"), path)
    assert (result.state, query(db, COUNT)) == ("loaded", [(4,)])
    assert result.warnings == (
        "column Quantity: ExpectColumnValuesToBeBetween (min_value 0) not met by 25% of 4 values "
        "(row 2: '-3'); returns are no sales",
    )
    expected = ("warn", False, "not met by 25% of 4 values", "min_value 0", 1, 25.0)
    assert query(db, OF_SUITE) == [(*expected, "row 2: '-3'", False)]


def test_stop_refuses_it_with_rows_and_a_remedy(load_with, db, tmp_path):
    path = write(tmp_path / "a.csv", line(1), line(2, Quantity="-3"), line(3), line(4))
    with pytest.raises(InputRefused) as error:
        load_with(between("stop"), path)
    assert "column Quantity: ExpectColumnValuesToBeBetween" in error.value.message
    assert "(row 2: '-3'); returns are no sales (1 of " in error.value.message
    assert query(db, COUNT) == [(0,)]
    assert query(db, "select count(*) from raw.batch_statistics") == [(0,)]
    refused = (
        "select b.state, c.success from raw.batch_checks as c "
        "join raw.load_batches as b using (batch_id) where c.check_kind = 'suite'"
    )
    assert query(db, refused) == [("refused", False)]


def test_tolerated_rows_are_counted_and_no_warning(load_with, db, tmp_path):
    path = write(tmp_path / "a.csv", line(1), line(2, Quantity="-3"), line(3), line(4))
    (result,) = load_with(between("warn", ", mostly: 0.7"), path)
    assert result.warnings == ()
    ((_, success, observed, threshold, count, percent, *_),) = query(db, OF_SUITE)
    assert (success, count, percent) == (True, 1, 25.0)
    assert (observed, threshold) == ("not met by 25% of 4 values", "at least 0.7, min_value 0")


def test_number_of_a_whole_column_is_shown_when_it_is_right(load_with, db, tmp_path):
    suite = (
        "expectations: [{expectation: ExpectColumnMeanToBeBetween, "
        "kwargs: {column: quantity, min_value: 1}}]"
    )
    load_with(suite, write(tmp_path / "a.csv", line(1, Quantity="2"), line(2, Quantity="5")))
    assert query(db, OF_SUITE)[0][1:5] == (True, "3.5", "min_value 1", None)


def test_value_outside_a_set_is_named(load_with, db, tmp_path):
    suite = (
        "expectations: [{expectation: ExpectColumnDistinctValuesToBeInSet, "
        "kwargs: {column: country, value_set: [France]}}]"
    )
    (result,) = load_with(suite, write(tmp_path / "a.csv", line(1), line(2, Country="France")))
    assert "(value_set France) not met by 1 value ('United Kingdom')" in result.warnings[0]
    expected = (False, "not met by 1 value", "value_set France", 1, None, "'United Kingdom'")
    assert query(db, OF_SUITE)[0][1:7] == expected


def test_what_is_no_number_is_null_to_an_expectation_on_numbers(load_with, db, tmp_path):
    path = write(
        tmp_path / "a.csv",
        *(line(1, Quantity="10"), line(2, Quantity="9"), line(3, Quantity=" 8.0 ")),
        *(line(4, Quantity="many"), line(5, Quantity="")),
    )
    suite = between("warn", ", max_value: 10") + (
        "  - expectation: ExpectColumnMeanToBeBetween\n"
        "    kwargs: {column: quantity, min_value: 0, max_value: 5}\n"
        "  - expectation: ExpectColumnValuesToBeBetween\n"
        '    kwargs: {column: invoice_date, min_value: "2011-01-01"}\n'
    )
    load_with(suite, path)
    numbers, mean, times = query(db, OF_SUITE)
    assert (numbers[1], numbers[4]) == (True, 0)
    assert (mean[1], mean[2]) == (False, "9")
    assert (times[1], times[2]) == (False, "not met by 100% of 5 values")


def test_threshold_of_the_contract_can_be_raised(load_with, db, tmp_path):
    path = write(tmp_path / "a.csv", *[line(at) for at in range(1, 10)], line(10, StockCode=""))
    with pytest.raises(InputRefused, match=r"StockCode must be filled, but 10% of 10 rows"):
        load_with("contract: {stock_code: {filled: 0.95}}", path)
    (result,) = load_with("contract: {stock_code: {filled: 0.9}}", path)
    assert result.state == "loaded"


def test_personal_values_stand_nowhere(load_with, db, tmp_path):
    suite = (
        "pii: [description, unit_price]\nexpectations:\n"
        "  - {expectation: ExpectColumnValuesToMatchRegex, kwargs: {column: description, "
        'regex: "^X"}}\n'
        "  - {expectation: ExpectColumnDistinctValuesToBeInSet, kwargs: {column: description, "
        "value_set: [X]}}\n"
        "  - {expectation: ExpectColumnMostCommonValueToBeInSet, kwargs: {column: description, "
        "value_set: [X]}}\n"
    )
    path = write(tmp_path / "a.csv", line(1, Description="Ann Secret"), line(2, Description="X"))
    (result,) = load_with(suite, path)
    bad = [line(1, UnitPrice="Secret 1"), line(2, UnitPrice="Secret 2")]
    with pytest.raises(InputRefused) as error:
        load_with(suite, write(tmp_path / "b.csv", *bad))
    assert "(row 1, row 2)" in error.value.message
    assert len(result.warnings) == 3
    _, page = write_page(db, tmp_path / "page.html", None, 50)
    stored = query(db, "select c::text from raw.batch_checks as c")
    stored += query(db, "select s::text from raw.batch_statistics as s")
    stored += query(db, "select message from raw.load_batches where message is not null")
    shown = [*result.warnings, error.value.message, page.read_text(), *(text for (text,) in stored)]
    assert [text for text in shown if "Secret" in text] == []


def test_loading_again_writes_nothing(load_with, db, tmp_path):
    path = write(tmp_path / "a.csv")
    written = "select count(*), max(checked_at) from raw.batch_checks"
    load_with(between("warn"), path)
    before = query(db, written), query(db, "select count(*) from raw.batch_statistics")
    (again,) = load_with(between("warn"), path)
    assert (again.state, again.warnings) == ("already loaded", ())
    assert (query(db, written), query(db, "select count(*) from raw.batch_statistics")) == before


def test_file_that_cannot_be_read_leaves_no_results(load_with, db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(csv_text(line(1), line(2) + ",x"))
    with pytest.raises(InputRefused):
        load_with(between("warn"), path)
    assert query(db, "select count(*) from raw.batch_checks") == [(0,)]


def test_unknown_argument_ends_the_load_in_one_line(load_with, db, tmp_path):
    with pytest.raises(UsageError, match=rf"{SUITE}: expectation 1 .*maximum"):
        load_with(between("warn", ", maximum: 3"), write(tmp_path / "a.csv"))
    assert query(db, COUNT) == [(0,)]


def test_expectation_that_the_database_cannot_run_is_named(load_with, db, tmp_path):
    suite = (
        "expectations: [{expectation: ExpectColumnValuesToMatchRegex, "
        'kwargs: {column: country, regex: "("}}]'
    )
    with pytest.raises(UsageError, match=rf"{SUITE}: expectation 1 .*could not run"):
        load_with(suite, write(tmp_path / "a.csv"))
    assert query(db, COUNT) == [(0,)]
    load_with("", tmp_path / "a.csv")
    assert query(db, COUNT) == [(2,)]


def test_big_batch_warns_by_its_sample_and_stops_by_all_rows(load_with, db, tmp_path):
    """One row in thirty thousand is rarely in the sample, and always among all rows."""
    lines = [line(1)] * BIG
    lines[BIG // 2] = line(1, Quantity="-3")
    path = write(tmp_path / "a.csv", *lines)
    with pytest.raises(InputRefused, match=rf"of {BIG:,} values \(row {BIG // 2 + 1}: '-3'\)"):
        load_with(between("stop"), path)
    (result,) = load_with(between("warn", ", mostly: 0.999"), path)
    assert result.state == "loaded"
    is_sampled = "select is_sampled, count(*) from raw.batch_checks where batch_id = 2 group by 1"
    assert {found: count > 0 for found, count in query(db, is_sampled)} == {True: True, False: True}


def test_big_batch_finds_repeated_keys_among_all_rows(load_with, db, tmp_path):
    lines = [line(at) for at in range(1, BIG)]
    path = write(tmp_path / "a.csv", *lines, line(1))
    suite = "expectations: [{expectation: ExpectColumnValuesToBeUnique, kwargs: {column: %s}}]"
    (result,) = load_with(suite % "invoice_no", path)
    assert "ExpectColumnValuesToBeUnique" in result.warnings[0]
    ((_, success, _, _, count, _, _, is_sampled),) = query(db, OF_SUITE)
    assert (success, count, is_sampled) == (False, 2, False)


def days(folder: Path, count: int, rows: int = 40, start: int = 0, **changes: str) -> list[Path]:
    """Files of one ordinary kind, none the same."""
    found = []
    for day in range(start, start + count):
        lines = [
            line(1000 * day + at, UnitPrice=f"{1 + (at + day) % 5}.5", **changes)
            for at in range(rows + day % 3)
        ]
        found.append(write(folder / f"day{day}{len(changes)}{rows}.csv", *lines))
    return found


SHOP = "drift: {categories: [country], amounts: [unit_price]}"


def test_first_batches_have_no_history(load_with, db, tmp_path):
    results = load_with(SHOP, *days(tmp_path, 3))
    assert [result.warnings for result in results] == [(), (), ()]
    judged = "select distinct success from raw.batch_checks where check_kind = 'drift'"
    assert query(db, judged) == [(None,)]
    load_with(SHOP, *days(tmp_path, 1, start=3))
    judged += " and batch_id = 4"
    assert query(db, judged) == [(True,)]


ODD = {
    "doubled prices": ({"UnitPrice": "7.0"}, [("amount_level", "unit_price")]),
    "a blank column": ({"CustomerID": ""}, [("null_share", "customer_id")]),
    "a new country": ({"Country": "<b>Atlantis</b>"}, [("new_category", "country")]),
    "broken dates": ({}, [("invalid_share", "invoice_date")]),
    "half the rows": ({}, [("row_count", "")]),
}


@pytest.mark.parametrize("what", ODD)
def test_odd_batch_is_found_among_ordinary_ones(load_with, db, tmp_path, what):
    changes, expected = ODD[what]
    load_with(SHOP, *days(tmp_path, 6))
    rows = 20 if what == "half the rows" else 40
    lines = [line(9000 + at, **({"UnitPrice": f"{1 + at % 5}.5"} | changes)) for at in range(rows)]
    if what == "broken dates":
        lines[:4] = [line(9900 + at, UnitPrice="2.5", InvoiceDate="soon") for at in range(4)]
    (result,) = load_with(SHOP, write(tmp_path / "odd.csv", *lines))
    assert result.state == "loaded"
    assert query(db, DRIFT) == expected
    assert len(result.warnings) == 1


def test_emptied_ledger_forgets_what_was_found(load_with, db, tmp_path):
    load_with(SHOP, *days(tmp_path, 4))
    execute(db, "truncate raw.online_retail__lines, raw.load_batches")
    load_with(SHOP, *days(tmp_path, 1, rows=3))
    judged = "select distinct success from raw.batch_checks where batch_id = 1 and check_kind = "
    assert query(db, judged + "'drift'") == [(None,)]
    found = "select statistic_value from raw.batch_statistics where statistic = 'row_count' "
    assert query(db, found + "and batch_id = 1") == [(3.0,)]


def test_drift_can_refuse_a_batch(load_with, db, tmp_path):
    suite = "drift: {stop: [row_count]}"
    load_with(suite, *days(tmp_path, 6))
    with pytest.raises(InputRefused, match=r"the batch has 5 rows, unlike the 6 batches before"):
        load_with(suite, *days(tmp_path, 1, rows=5, start=9))
    assert query(db, "select count(distinct batch_id) from raw.batch_statistics") == [(6,)]


def test_backfill_before_days_warns_and_lands(load_with, tmp_path):
    (year,) = load_with(SHOP, *days(tmp_path, 1, rows=4000))
    results = load_with(SHOP, *days(tmp_path, 5, start=1))
    assert {result.state for result in [year, *results]} == {"loaded"}


def test_each_shop_has_its_own_history(load_with, project, tmp_path):
    load_with(SHOP, *days(tmp_path, 4))
    current = [Statistic("country", "category_share", "United Kingdom", 1.0)]
    with connect(project) as conn, conn.cursor() as cursor:
        own, other = (
            store.read_history(cursor, shop, "online_retail__lines", current, 20)
            for shop in ("online_retail", "acme")
        )
    assert (own.batch_count, own.unknown) == (4, frozenset())
    assert (other.batch_count, other.unknown) == (0, {("country", "United Kingdom")})


def test_only_the_newest_batches_are_compared_with(load_with, project, tmp_path):
    load_with(SHOP, *days(tmp_path, 6))
    with connect(project) as conn, conn.cursor() as cursor:
        found = store.read_history(cursor, "online_retail", "online_retail__lines", [], 4)
    rows = [item.value for item in found.statistics if item.statistic == "row_count"]
    assert (found.batch_count, sorted(rows)) == (4, [40, 41, 42, 42])


@pytest.mark.parametrize("name", known_sources(PROJECT_DIR))
def test_shipped_suites_run_on_their_tables(db, name):
    """Whether types and arguments suit the database shows only there; an empty batch will do."""
    source, library = load_contract(PROJECT_DIR, name), Library()
    suites = load_suites(PROJECT_DIR, source)
    with connect(db, autocommit=True) as conn:
        for table in source.tables:
            checks = BatchChecks(conn, table, suites[table.identifier], library)
            with transaction(conn) as cursor:
                cursor.execute("select set_config('clientele.batch_id', '0', true)")
                checks.before_copy()
                results = checks.judge(0, name).results
            assert [r.check_name for r in results if r.is_broken and r.check_kind == "suite"] == []


def test_column_without_values_has_no_mean_to_judge(load_with, db, tmp_path):
    suite = (
        "contract: {quantity: {filled: 0}}\nexpectations:\n"
        "  - expectation: ExpectColumnMeanToBeBetween\n"
        "    kwargs: {column: quantity, min_value: 1}\n    severity: stop\n"
    )
    (result,) = load_with(suite, write(tmp_path / "a.csv", line(1, Quantity="")))
    assert (result.state, result.warnings) == ("loaded", ())
    assert query(db, OF_SUITE)[0][1:3] == (None, "no values to judge by")


def test_page_shows_what_is_stored(load_with, db, tmp_path):
    load_with(SHOP, *days(tmp_path, 5))
    odd = [line(at, Country="<b>Atlantis</b>") for at in range(1, 40)]
    load_with(SHOP, write(tmp_path / "<i>odd.csv", *odd))
    page, path = write_page(db, tmp_path / "page.html", "online_retail", 50)
    assert (page.count("fine"), page.count("warned"), page.count("refused")) == (5, 1, 0)
    html = path.read_text()
    assert "&lt;b&gt;Atlantis" in html
    assert "<b>Atlantis" not in html
    assert "<i>odd" not in html
    assert html.count("<polyline") >= 4
    with pytest.raises(UsageError, match="nothing was loaded for 'acme'; shops: online_retail"):
        write_page(db, tmp_path / "page.html", "acme", 50)


def test_missing_table_is_named(db, tmp_path):
    execute(db, "alter table raw.batch_checks rename to hidden")
    try:
        with pytest.raises(Exception, match=r"raw\.batch_checks is missing; run 'clientele build'"):
            load_files(db, "online_retail", [write(tmp_path / "a.csv")])
    finally:
        execute(db, "alter table raw.hidden rename to batch_checks")


@pytest.mark.slow
def test_real_days_rarely_warn(db, online_retail):
    days = sorted((online_retail / "by_day").iterdir())[-100:]
    results = load_files(db, "online_retail", days)
    warned = [result.path.name for result in results if result.warnings]
    # The last day has one of the two orders of 80,995 pieces that were cancelled within minutes.
    assert "2011-12-09.csv.gz" in warned
    assert len(warned) <= 10, warned
