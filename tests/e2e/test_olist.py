"""Olist's eight tables, loaded and conformed, against what the files themselves say."""

from __future__ import annotations

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.home import Home
from tests.e2e.real_data import OLIST as FOLDER
from tests.e2e.real_data import needs_real_data

FILES = {
    "customers": "customers",
    "sellers": "sellers",
    "products": "products",
    "orders": "orders",
    "order_items": "order_items",
    "payments": "order_payments",
    "reviews": "order_reviews",
    "geolocation": "geolocation",
}
ROWS = {
    "customers": 20_000,
    "sellers": 2_096,
    "products": 11_318,
    "orders": 20_000,
    "order_items": 22_618,
    "payments": 20_873,
    "reviews": 19_986,
    "geolocation": 50_000,
}
CALLED_OFF = {"canceled", "unavailable"}
TOTALS = """
select count(*), count(distinct order_id), count(distinct account_id), sum(net_revenue_amount),
    sum(shipping_amount)
from intermediate.int_olist__order_items
"""

pytestmark = needs_real_data


def path_of(entity: str) -> Path:
    return FOLDER / f"olist_{FILES[entity]}_dataset.csv.gz"


def read(entity: str) -> list[dict[str, str]]:
    with gzip.open(path_of(entity), "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("entity", FILES)
def test_every_row_is_staged_and_none_rejected(all_home: Home, entity: str) -> None:
    assert len(read(entity)) == ROWS[entity]
    assert all_home.value(f"select count(*) from raw.olist__{entity}") == ROWS[entity]
    assert all_home.value(f"select count(*) from staging.stg_olist__{entity}") == ROWS[entity]
    rejects = f"select _row_number, reject_reason from staging.base_olist__{entity}"
    assert all_home.rows(f"{rejects} where reject_reason is not null") == []


def test_revenue_and_freight_are_those_of_the_files(all_home: Home) -> None:
    status = {order["order_id"]: order["order_status"] for order in read("orders")}
    sold = [item for item in read("order_items") if status[item["order_id"]] not in CALLED_OFF]
    ((lines, orders, accounts, revenue, freight),) = all_home.rows(TOTALS)
    assert lines == len(sold) == 22_514
    assert orders == accounts == len({item["order_id"] for item in sold})
    assert revenue == sum(Decimal(item["price"]) for item in sold)
    assert freight == sum(Decimal(item["freight_value"]) for item in sold)


def test_payments_add_up(all_home: Home) -> None:
    paid = sum(Decimal(payment["payment_value"]) for payment in read("payments"))
    assert all_home.value("select sum(paid_amount) from staging.stg_olist__payments") == paid


def test_accounts_are_orders_and_references_are_people(all_home: Home) -> None:
    assert all_home.rows(
        "select count(*), count(distinct account_reference) from intermediate.int_olist__accounts"
    ) == [(20_000, 19_831)]


def test_reviews_keep_their_text(all_home: Home) -> None:
    found = read("reviews")
    messages = [review["review_comment_message"] for review in found]
    # Three of the messages are a blank or a line break.
    assert sum(message != "" for message in messages) == 8_253
    assert all_home.rows(
        "select count(*), count(distinct review_id), count(review_text), sum(rating) "
        "from intermediate.int_olist__reviews"
    ) == [
        (
            len(found),
            len({(review["review_id"], review["order_id"]) for review in found}),
            sum(message.strip() != "" for message in messages),
            sum(int(review["review_score"]) for review in found),
        )
    ]


def test_a_review_has_the_product_of_an_order_with_one(all_home: Home) -> None:
    products: dict[str, set[str]] = {}
    for item in read("order_items"):
        products.setdefault(item["order_id"], set()).add(item["product_id"])
    single = {
        (f"olist:{review['review_id']}/{review['order_id']}", f"olist:{product}")
        for review in read("reviews")
        if len(products.get(review["order_id"], ())) == 1
        for product in products[review["order_id"]]
    }
    found = all_home.rows(
        "select review_id, product_id from intermediate.int_olist__reviews "
        "where product_id is not null"
    )
    assert set(found) == single


def test_every_category_has_an_english_name(all_home: Home) -> None:
    categories = {product["product_category_name"] for product in read("products")} - {""}
    assert all_home.rows(
        "select count(distinct category), count(*) - count(category), "
        "count(*) filter (where category like '%%\\_%%') from intermediate.int_olist__products"
    ) == [(len(categories), 171, 0)]


def test_zip_codes_have_their_zeros_back(all_home: Home) -> None:
    for entity, header in (
        ("customers", "customer_zip_code_prefix"),
        ("sellers", "seller_zip_code_prefix"),
        ("geolocation", "geolocation_zip_code_prefix"),
    ):
        codes = {(row[header].zfill(5),) for row in read(entity)}
        query = f"select distinct zip_code_prefix from staging.stg_olist__{entity}"
        assert set(all_home.rows(query)) == codes
