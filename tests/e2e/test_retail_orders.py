"""A file of orders without customers, against what the file itself says."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from tests.e2e.home import Home
from tests.e2e.real_data import RETAIL_ORDERS as FILE
from tests.e2e.real_data import needs_real_data

ROWS = 9_994

pytestmark = needs_real_data


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_staged_and_none_rejected(all_home: Home, lines: list[dict[str, str]]) -> None:
    assert len(lines) == ROWS
    assert all_home.value("select count(*) from raw.retail_orders__orders") == ROWS
    assert all_home.value("select count(*) from staging.stg_retail_orders__orders") == ROWS
    rejects = "select order_number, reject_reason from staging.base_retail_orders__orders"
    assert all_home.rows(f"{rejects} where reject_reason is not null") == []


def test_what_the_file_does_not_know_is_null(all_home: Home, lines: list[dict[str, str]]) -> None:
    unknown = [line for line in lines if line["Ship Mode"] in ("Not Available", "unknown", "N/A")]
    free = [line for line in lines if line["List Price"] == "0" and line["cost price"] == "0"]
    short = [line for line in lines if len(line["Postal Code"]) < 5]
    assert (len(free), len(short)) == (507, 449)
    assert all_home.rows(
        "select count(*) - count(ship_mode), count(*) - count(cost_amount), "
        "count(*) filter (where list_amount = 0), "
        "count(*) filter (where postal_code like '0%%'), min(length(postal_code)) "
        "from staging.stg_retail_orders__orders"
    ) == [(len(unknown), len(free), len(free), len(short), 5)]


def test_sales_are_those_of_the_file(all_home: Home, lines: list[dict[str, str]]) -> None:
    gross = [Decimal(line["List Price"]) for line in lines]
    discounts = [
        amount * Decimal(line["Discount Percent"]) / 100
        for amount, line in zip(gross, lines, strict=True)
    ]
    assert all_home.rows(
        "select count(*), sum(quantity), sum(gross_amount), sum(discount_amount), "
        "sum(net_revenue_amount), sum(cost_amount), count(cost_amount), "
        "count(distinct product_id), count(distinct order_id) "
        "from intermediate.int_retail_orders__order_items"
    ) == [
        (
            ROWS,
            sum(int(line["Quantity"]) for line in lines),
            sum(gross),
            sum(discounts),
            sum(gross) - sum(discounts),
            sum(Decimal(line["cost price"]) for line in lines),
            ROWS - 507,
            len({line["Product Id"] for line in lines}),
            ROWS,
        )
    ]


def test_nobody_is_made_a_customer(all_home: Home) -> None:
    assert (
        all_home.value("select count(account_id) from intermediate.int_retail_orders__order_items")
        == 0
    )
    assert (
        all_home.value(
            "select count(*) from information_schema.tables "
            "where table_name like 'int_retail_orders%%account%%'"
        )
        == 0
    )


def test_list_prices_are_those_of_whole_lines(lines: list[dict[str, str]]) -> None:
    """Why no amount is multiplied by the quantity: within a product they grow with it already."""
    by_product: dict[str, dict[int, list[int]]] = {}
    for line in lines:
        prices = by_product.setdefault(line["Product Id"], {})
        prices.setdefault(int(line["Quantity"]), []).append(int(line["List Price"]))
    ratios = sorted(
        (sum(many) / len(many)) / (sum(few) / len(few))
        for prices in by_product.values()
        for pieces, few in prices.items()
        for more, many in prices.items()
        # Amounts are rounded to tens: small ones say little.
        if more == 2 * pieces and min(few) >= 50
    )
    assert len(ratios) > 500
    assert ratios[len(ratios) // 2] == pytest.approx(2.0, abs=0.1)
