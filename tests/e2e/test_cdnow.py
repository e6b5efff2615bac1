"""A bare transaction log without header or order numbers, against counts that are known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.home import Home, new_home
from tests.embedded_help import PROJECT_DIR

DATA = Path(os.environ.get("CLIENTELE_SHARED_DATA", PROJECT_DIR.parent / "shared" / "data"))
FILE = DATA / "cdnow" / "CDNOW_sample.txt"
ROWS = 6_919
# Tests that look at other sources too are not this file's.
MODELS = ("-s", "staging.cdnow", "intermediate.cdnow", "source:cdnow")
BUILD = ("build", "--", *MODELS, "--indirect-selection", "cautious")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not FILE.exists(),
        reason=f"the CDNOW sample is not at {FILE}: set CLIENTELE_SHARED_DATA",
    ),
]
ACCOUNTED = """
select count(*), count(*) filter (where reject_reason is null),
    (select count(*) from staging.stg_cdnow__transactions),
    (select count(*) from raw.cdnow__transactions)
from staging.base_cdnow__transactions
"""


def lines() -> list[list[str]]:
    """The file in its own words."""
    return [line.split() for line in FILE.read_text("ascii").splitlines()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A warehouse into which half of the rows and then all were loaded, built once."""
    half = tmp_path_factory.mktemp("half") / "half.txt"
    # Every second line, so that the halves cut days and equal lines in two.
    half.write_bytes(b"".join(FILE.read_bytes().splitlines(keepends=True)[::2]))
    with new_home() as made:
        loaded = made.clientele("load", "cdnow", str(half), str(FILE.parent))
        assert f"{ROWS:,} rows in raw.cdnow__transactions" in loaded.stdout
        made.clientele(*BUILD)
        yield made


def test_every_row_lands_as_it_is_written(home: Home) -> None:
    landed = home.rows(
        "select master_id, sample_id, transaction_date, cd_count, dollar_amount "
        f"from raw.cdnow__transactions where _source_file = '{FILE.name}' order by _row_number"
    )
    assert landed == [tuple(fields) for fields in lines()]


def test_rows_that_came_twice_count_once(home: Home) -> None:
    landed = ROWS + len(lines()[::2])
    assert home.rows(ACCOUNTED) == [(landed, ROWS, ROWS, landed)]
    reasons = home.rows(
        "select reject_reason, count(*) from staging.base_cdnow__transactions "
        "where reject_reason is not null group by 1"
    )
    assert reasons == [("already landed: another batch holds the same transaction", landed - ROWS)]


def test_days_and_customers_are_the_known_ones(home: Home) -> None:
    found = home.rows(
        "select count(distinct customer_number), count(distinct sample_number), "
        "min(transaction_date)::text, max(transaction_date)::text, count(distinct transaction_id) "
        "from staging.stg_cdnow__transactions"
    )
    assert found == [(2_357, 2_357, "1997-01-01", "1998-06-30", ROWS)]
    assert home.value("select count(*) from intermediate.int_cdnow__accounts") == 2_357


def test_orders_and_money_add_up_to_the_file(home: Home) -> None:
    expected = (
        ROWS,
        6_696,
        2_357,
        sum(int(fields[3]) for fields in lines()),
        sum(Decimal(fields[4]) for fields in lines()),
    )
    assert expected[3:] == (16_479, Decimal("244091.94"))
    assert len({(fields[0], fields[2]) for fields in lines()}) == expected[1]
    found = home.rows(
        "select count(*), count(distinct order_id), count(distinct account_id), sum(quantity), "
        "sum(net_revenue_amount) from intermediate.int_cdnow__order_items"
    )
    assert found == [expected]


def test_purchases_of_nothing_count_and_prices_come_out_or_are_null(home: Home) -> None:
    free, unpriced, wrong = home.rows(
        "select count(*) filter (where net_revenue_amount = 0), "
        "count(*) filter (where unit_price is null), "
        "count(*) filter (where unit_price * quantity <> gross_amount) "
        "from intermediate.int_cdnow__order_items"
    )[0]
    uneven = [f for f in lines() if Decimal(f[4]) * 10_000 % int(f[3])]
    assert (free, unpriced, wrong) == (8, len(uneven), 0)
    assert len(uneven) == 938


def test_loading_again_changes_nothing(home: Home) -> None:
    rows = home.value("select count(*) from raw.cdnow__transactions")
    assert "already loaded" in home.clientele("load", "cdnow", str(FILE)).stdout
    assert home.value("select count(*) from raw.cdnow__transactions") == rows
