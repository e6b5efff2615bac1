"""What is broken ends in one line and an exit code, or in rejected rows with their reason.

Nothing else: no traceback, no half load, no row that is gone, no value other than what was meant.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.landing import load_files
from orchestration.cli import main
from tests.e2e.home import NO_TESTS, Home, new_home
from tests.integration.broken import accepted, refused, rows
from tests.integration.broken.files import order, orders
from warehouse.errors import InputRefused

SECONDS_PER_CASE = 60
DBT = ("--exclude-resource-type", "unit_test")

RAW = "select tablename from pg_tables where schemaname = 'raw' and tablename like 'shop%%'"
LEDGER = "select state, message from raw.load_batches where batch_id > %s"
NEWEST = "select coalesce(max(batch_id), 0) from raw.load_batches"
REJECTS = (
    "select _row_number, reject_reason from staging.staging_rejects "
    "where source_name = %s and table_name = %s and _source_file = %s order by _row_number"
)


class Said(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    errors: str


@contextmanager
def limited(seconds: int = SECONDS_PER_CASE) -> Iterator[None]:
    """Fail instead of hanging."""

    def stop(*_: object) -> None:
        raise AssertionError(f"still running after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A warehouse in which a sound shop stands already."""
    # Shops alone, which also tries the warehouse with every other source left out.
    with new_home("shop") as made:
        folder = made.path / "sound"
        folder.mkdir()
        (folder / "orders.csv").write_text(orders())
        made.clientele("load", "shop", str(folder / "orders.csv"), "--name", "sound")
        yield made


@pytest.fixture
def clientele(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """The command line, without the seconds that a process of its own takes to import it."""
    for name in [n for n in os.environ if n.startswith(("PG", "CLIENTELE_", "DBT_"))]:
        monkeypatch.delenv(name)
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["clientele", *arguments])
        with limited(), pytest.raises(SystemExit) as ended:
            main()
        out, errors = capfd.readouterr()
        return Said(int(ended.value.code or 0), out, errors)

    return run


def stored(home: Home) -> list[tuple]:
    """Row counts and hashes of every raw table of the shop contract."""
    return [
        (
            name,
            *home.rows(
                f"select count(*), md5(string_agg(t::text, '' order by t)) from raw.{name} t"
            ),
        )
        for (name,) in sorted(home.rows(RAW))
    ]


@pytest.mark.parametrize("name", refused.CASES)
def test_refused_input(name: str, home: Home, clientele, tmp_path: Path) -> None:
    case = refused.CASES[name]
    if name == "file without the right to read it" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    arguments = case.make(tmp_path)
    before, newest = stored(home), home.value(NEWEST)

    said = clientele("load", "shop", *arguments)

    assert said.code == case.code, said
    (line,) = said.errors.strip().splitlines()
    assert line.startswith("clientele: ")
    assert line.isprintable()
    assert [part for part in case.said if part not in re.sub("\x1b.*?m", "", line)] == [], line
    assert "Traceback" not in said.out + said.errors
    assert stored(home) == before
    ledger = home.rows(LEDGER, (newest,))
    assert [state for state, _ in ledger] == (["refused"] if case.is_in_ledger else [])
    assert all(" ".join(message.split()) in line for _, message in ledger if "\x1b" not in message)


@pytest.mark.parametrize("name", accepted.CASES)
def test_odd_input_that_loads_as_it_was_meant(name: str, home, clientele, tmp_path: Path) -> None:
    case = accepted.CASES[name]
    shop = "odd_" + re.sub("[^a-z0-9]+", "_", name.lower())

    said = clientele("load", "shop", *case.make(tmp_path), "--name", shop)

    assert (said.code, said.errors) == (0, "")
    assert [part for part in case.said if part not in said.out] == [], said.out
    found = home.rows(
        f"select {case.columns} from raw.shop__{case.table} where _source_name = %s "
        "order by _batch_id, _row_number",
        (shop,),
    )
    assert found == case.rows


def test_what_stands_before_the_broken_file_stays_and_is_named(home, clientele, tmp_path) -> None:
    (tmp_path / "orders 1.csv").write_text(orders())
    (tmp_path / "orders 2.csv").write_text(orders(order(4), order(5) + ",x"))
    (tmp_path / "orders 3.csv").write_text(orders(order(6)))
    newest = home.value(NEWEST)

    said = clientele("load", "shop", str(tmp_path), "--name", "halfway")

    assert said.code == 4
    assert "orders 2.csv: line 3: has more values" in said.errors
    assert "(the file before it stays loaded)" in said.errors
    assert [state for state, _ in home.rows(LEDGER, (newest,))] == ["loaded", "refused"]
    count = "select count(*) from raw.shop__orders where _source_name = 'halfway'"
    assert home.value(count) == 3
    # Mended, the folder loads to its end, and what is there already is not doubled.
    (tmp_path / "orders 2.csv").write_text(orders(order(4), order(5)))
    assert clientele("load", "shop", str(tmp_path), "--name", "halfway").code == 0
    assert home.value(count) == 6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.open("a").write(order(9)), "changed while it was read"),
        (lambda path: path.write_text(""), "changed while it was read"),
        (lambda path: path.unlink(missing_ok=True), "went away while it was read"),
    ],
)
def test_file_that_changes_while_it_is_read(change, said: str, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(orders())
    before, newest = stored(home), home.value(NEWEST)
    with limited(), pytest.raises(InputRefused, match=rf"orders\.csv: the file {said}"):
        load_files(home.settings, "shop", [path], progress=lambda *_: change(path))
    assert stored(home) == before
    assert [state for state, _ in home.rows(LEDGER, (newest,))] == ["refused"]


def test_a_process_of_its_own_ends_in_the_same_way(home: Home, tmp_path: Path) -> None:
    """With the names as the shell gives them, and standard error as a pipe."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/orders \xff.csv"))
    path.write_text(orders())
    done = home.clientele("load", "shop", str(path), code=4)
    assert done.stderr.count("\n") == 1
    assert "rename the file" in done.stderr


@pytest.mark.parametrize("option", ["--as-of", "--add-as-of-date"])
@pytest.mark.parametrize("day", ["2011-13-01", "31.12.2011", "2023-02-29", "today", ""])
def test_a_day_that_is_none(option: str, day: str, clientele) -> None:
    said = clientele("build", option, day)
    assert said.code == 2
    assert f"'{day}' is not a day; write it as year-month-day" in said.errors
    assert "%" not in said.errors


@pytest.fixture(scope="module")
def waiting(home: Home, tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    """Rejects of the shop of broken rows while one of its customers is still to come."""
    folder = tmp_path_factory.mktemp("rows")
    files = [str(file.write(folder)) for file in rows.BEFORE]
    home.clientele("load", "shop", *files, "--name", "rows")
    home.clientele("build", "--", *NO_TESTS, "-s", "+stg_shop__order_items")
    return home.rows(
        "select order_number, reject_reason from staging.base_shop__orders "
        "where order_number = 'customer comes later' union all "
        "select order_number, reject_reason from staging.base_shop__order_items "
        "where order_number = 'customer comes later'"
    )


@pytest.fixture(scope="module")
def built(home: Home, waiting: list[tuple], tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The whole warehouse with its tests, after the late customer came."""
    late = rows.LATE.write(tmp_path_factory.mktemp("late"))
    home.clientele("load", "shop", str(late), "--name", "rows")
    done = home.clientele("build", "--", *DBT)
    assert done.stderr == ""
    # Messages about a failed build name this file.
    assert (home.path / "logs" / "dbt.log").stat().st_size > 0
    return home


def test_an_order_waits_for_its_customer(waiting: list[tuple], built: Home) -> None:
    assert waiting == [
        ("customer comes later", "customer is unknown"),
        ("customer comes later", "order is unknown"),
    ]
    revenue = "select net_revenue_amount from marts.fct_orders where order_id = %s"
    assert built.value(revenue, ("rows:customer comes later",)) == 20


@pytest.mark.parametrize("file", rows.BEFORE, ids=lambda file: file.name)
def test_broken_rows_are_rejected_for_what_is_wrong(file: rows.File, built: Home) -> None:
    assert built.rows(REJECTS, ("rows", file.table, file.name)) == file.reasons


@pytest.mark.parametrize("table", ["customers", "products", "orders", "order_items", "returns"])
def test_every_row_is_staged_or_rejected(table: str, built: Home) -> None:
    raw = built.value(f"select count(*) from raw.shop__{table}")
    staged = built.value(f"select count(*) from staging.stg_shop__{table}")
    gone = built.value(
        "select count(*) from staging.staging_rejects where table_name = %s", (f"shop__{table}",)
    )
    assert raw == staged + gone > 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "select order_number, cast(ordered_at as text) from staging.stg_shop__orders where "
            "order_number in ('offset', 'offset without colon', 'Zulu', 'oldest') order by 1",
            [
                ("offset", "2024-02-29 23:30:00"),
                ("offset without colon", "2024-03-01 15:30:00.25"),
                ("oldest", "1971-02-03 00:00:00"),
                ("Zulu", "2024-03-01 10:00:00"),
            ],
        ),
        (
            "select order_number, customer_number from staging.stg_shop__orders where source_name "
            "= 'rows' and customer_number in ('-7', '007', 'Zoë Ünlü 7', 'late sign-up')",
            [
                ("before the sign-up", "late sign-up"),
                ("blanks and unicode", "Zoë Ünlü 7"),
                ("leading zeros", "007"),
                ("negative", "-7"),
            ],
        ),
        (
            "select order_number, ordered_at::date::text from staging.stg_shop__orders "
            "where order_number like 'twice in %%' or order_number like '%%then%%'",
            [
                ("euros, then dollars", "2024-03-01"),
                ("good, then broken", "2024-03-01"),
                ("twice in the file", "2024-03-02"),
                ("twice in two files", "2024-04-01"),
            ],
        ),
        (
            "select line_number, quantity, unit_price, discount_amount, tax_amount "
            "from staging.stg_shop__order_items where order_number = 'lines'",
            [(1, 2, 10, 0, None), (2, 2, 0, 0, None), (3, 1, 100, 0, None), (4, 2, 10, 20, None)],
        ),
        (
            "select product_code, list_price, unit_cost from staging.stg_shop__products "
            "where product_code = 'R'",
            [("R", 100_000, Decimal("0.15"))],
        ),
        # A coupon takes no more than the order is worth, and an order of long ago does not take the
        # newest days away.
        (
            "select gross_amount, discount_amount, net_revenue_amount from marts.fct_orders "
            "where order_id = 'rows:coupon above the order'",
            [(20, 20, 0)],
        ),
        (
            "select cast(as_of_date as text) from intermediate.int_calendar__as_of_dates "
            "where source_name = 'rows' and as_of_date > '2024-11-15'",
            [("2024-12-01",), ("2024-12-06",)],
        ),
        (
            "select distinct currency from marts.fct_orders where source_name = 'rows'",
            [("EUR",)],
        ),
        # Text is text, however long.
        (
            "select customer_number, left(full_name, 20), length(full_name) "
            "from staging.stg_shop__customers where customer_number in ('formula', 'long name')",
            [("formula", "=cmd|' /C calc'!A0", 18), ("long name", "x" * 20, 10_000_000)],
        ),
    ],
)
def test_what_is_accepted_is_what_was_meant(query: str, expected: list, built: Home) -> None:
    found = built.rows(query, ())
    assert sorted(found, key=repr) == sorted(expected, key=repr)
