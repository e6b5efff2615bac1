"""A bare transaction log without header or order numbers, against counts that are known."""

from __future__ import annotations

from decimal import Decimal

from tests.e2e.home import Home
from tests.e2e.real_data import CDNOW as FILE
from tests.e2e.real_data import needs_real_data

ROWS = 6_919

pytestmark = needs_real_data
ACCOUNTED = """
select count(*), count(*) filter (where reject_reason is null),
    (select count(*) from staging.stg_cdnow__transactions),
    (select count(*) from raw.cdnow__transactions)
from staging.base_cdnow__transactions
"""


def lines() -> list[list[str]]:
    """The file in its own words."""
    return [line.split() for line in FILE.read_text("ascii").splitlines()]


def test_every_row_lands_as_it_is_written(all_home: Home) -> None:
    landed = all_home.rows(
        "select master_id, sample_id, transaction_date, cd_count, dollar_amount "
        f"from raw.cdnow__transactions where _source_file = '{FILE.name}' order by _row_number"
    )
    assert landed == [tuple(fields) for fields in lines()]


def test_rows_that_came_twice_count_once(all_home: Home) -> None:
    landed = ROWS + len(lines()[::2])
    assert all_home.rows(ACCOUNTED) == [(landed, ROWS, ROWS, landed)]
    reasons = all_home.rows(
        "select reject_reason, count(*) from staging.base_cdnow__transactions "
        "where reject_reason is not null group by 1"
    )
    assert reasons == [("already landed: another batch holds the same transaction", landed - ROWS)]


def test_days_and_customers_are_the_known_ones(all_home: Home) -> None:
    found = all_home.rows(
        "select count(distinct customer_number), count(distinct sample_number), "
        "min(transaction_date)::text, max(transaction_date)::text, count(distinct transaction_id) "
        "from staging.stg_cdnow__transactions"
    )
    assert found == [(2_357, 2_357, "1997-01-01", "1998-06-30", ROWS)]
    assert all_home.value("select count(*) from intermediate.int_cdnow__accounts") == 2_357


def test_orders_and_money_add_up_to_the_file(all_home: Home) -> None:
    expected = (
        ROWS,
        6_696,
        2_357,
        sum(int(fields[3]) for fields in lines()),
        sum(Decimal(fields[4]) for fields in lines()),
    )
    assert expected[3:] == (16_479, Decimal("244091.94"))
    assert len({(fields[0], fields[2]) for fields in lines()}) == expected[1]
    found = all_home.rows(
        "select count(*), count(distinct order_id), count(distinct account_id), sum(quantity), "
        "sum(net_revenue_amount) from intermediate.int_cdnow__order_items"
    )
    assert found == [expected]


def test_purchases_of_nothing_count_and_prices_come_out_or_are_null(all_home: Home) -> None:
    free, unpriced, wrong = all_home.rows(
        "select count(*) filter (where net_revenue_amount = 0), "
        "count(*) filter (where unit_price is null), "
        "count(*) filter (where unit_price * quantity <> gross_amount) "
        "from intermediate.int_cdnow__order_items"
    )[0]
    uneven = [f for f in lines() if Decimal(f[4]) * 10_000 % int(f[3])]
    assert (free, unpriced, wrong) == (8, len(uneven), 0)
    assert len(uneven) == 938


def test_loading_again_changes_nothing(all_home: Home) -> None:
    rows = all_home.value("select count(*) from raw.cdnow__transactions")
    assert "already loaded" in all_home.clientele("load", "cdnow", str(FILE)).stdout
    assert all_home.value("select count(*) from raw.cdnow__transactions") == rows
