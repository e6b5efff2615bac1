"""A shop of a year, and days of it on which everything that may go wrong with orders does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ingest.sample import SampleConfig, write_shop

CONFIG = SampleConfig(
    customers=400, products=40, start_date=date(2024, 1, 1), end_date=date(2024, 12, 31)
)
TABLES = ("customers", "products", "orders", "order_items", "returns")
LAST_OF_HISTORY = "2024-12-26"
COLUMNS = {
    "orders": ("order_id", "customer_id", "ordered_at", "channel", "currency", "discount_amount"),
    "order_items": ("order_id", "line_number", "product_id", "quantity", "unit_price"),
    "returns": ("return_id", "order_id", "line_number", "quantity", "returned_at", "refund_amount"),
    "reviews": ("review_id", "customer_id", "order_id", "rating", "reviewed_at"),
}


@dataclass(frozen=True)
class Shop:
    """The files of a shop as tables of text."""

    history: dict[str, pd.DataFrame]
    days: list[dict[str, pd.DataFrame]]


def write(tables: dict[str, pd.DataFrame], folder: Path) -> Path:
    """Write tables as the files of an export."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        rows.to_csv(folder / f"{name}.csv", index=False)
    return folder


def make(folder: Path) -> Shop:
    """Return the sample up to the 26th of December, and four days with trouble."""
    files = write_shop(CONFIG, folder)
    whole = {
        name: pd.read_csv(files / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in TABLES
    }
    when = {"customers": "signed_up_at", "orders": "ordered_at", "returns": "returned_at"}
    old = {
        name: whole[name][whole[name][column] <= LAST_OF_HISTORY] for name, column in when.items()
    }
    known = whole["order_items"]["order_id"].isin(old["orders"]["order_id"])
    # What no order of the file has is dirt, and part of the history.
    stray = ~whole["order_items"]["order_id"].isin(whole["orders"]["order_id"])
    history = {
        **old,
        "products": whole["products"],
        "order_items": whole["order_items"][known | stray],
        "reviews": _reviews(whole, old["customers"]),
    }
    new = {
        name: whole[name][whole[name][column] > LAST_OF_HISTORY] for name, column in when.items()
    }
    new["order_items"] = whole["order_items"][~(known | stray)]
    return Shop(
        history,
        [
            _first_day(whole, new, history),
            _second_day(whole, history),
            _third_day(whole, history),
            _fourth_day(whole),
        ],
    )


def _reviews(whole: dict[str, pd.DataFrame], people: pd.DataFrame) -> pd.DataFrame:
    """Reviews of customers and, without one, of orders: the days to come move both."""
    orders = _sound(whole)
    numbers = people.drop_duplicates("customer_id")["customer_id"]
    # The 20th and the 30th customer are going to be one.
    named = [
        (f"R{n}", numbers.iloc[n], "", str(1 + n % 5), f"2024-{1 + n % 9:02d}-10 09:00:00")
        for n in range(10, 40)
    ]
    # Two of these orders are passed on, one is called off, and one has not come yet.
    of_orders = [
        (f"S{number}", "", order, "2", "2024-10-01 10:00:00")
        for number, order in enumerate([*orders["order_id"].iloc[[100, 101, 40, 61]], "EARLY1"])
    ]
    return rows("reviews", *named, *of_orders)


def _sound(whole: dict[str, pd.DataFrame]) -> pd.DataFrame:
    orders = whole["orders"]
    fit = (
        orders["order_id"].str.fullmatch(r"O\d{8}")
        & orders["customer_id"].str.fullmatch(r"C\d{7}")
        & orders["ordered_at"].str.fullmatch(r"2024-\d\d-\d\d \d\d:\d\d:\d\d")
        & (orders["status"] == "completed")
        & ~orders["order_id"].duplicated(keep=False)
    )
    return orders[fit].sort_values("ordered_at").reset_index(drop=True)


def _first_day(
    whole: dict[str, pd.DataFrame],
    new: dict[str, pd.DataFrame],
    history: dict[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """Late orders, orders taken back or given to somebody else, new costs."""
    orders = _sound(whole)
    people = whole["customers"].drop_duplicates("customer_id")["customer_id"]
    called_off = orders.iloc[[40, 80]].assign(status="cancelled")
    passed_on = orders.iloc[[100, 101, 102]].copy()
    passed_on["customer_id"] = orders["customer_id"].iloc[[200, 201, 202]].to_numpy()
    late = rows(
        "orders",
        ("LATE1", orders["customer_id"].iloc[150], "2024-06-15 12:00:00", "web", "GBP", "0.00"),
        ("LATE2", "C9999999", "2024-07-15 12:00:00", "web", "GBP", "0.00"),
    )
    lines = rows(
        "order_items",
        ("LATE1", "1", "P0001", "2", "10.00"),
        ("LATE2", "1", "P0002", "1", "7.50"),
        # Its order comes on the next day.
        ("EARLY1", "1", "P0003", "1", "3.00"),
    )
    moved = whole["customers"].drop_duplicates("customer_id").iloc[10:14].assign(country="PT")
    products = whole["products"].copy()
    products.loc[products["product_id"] == "P0001", "unit_cost"] = "1.11"
    products.loc[products["product_id"] == "P0005", "product_kind"] = "fee"
    known = history["returns"]
    # What it said before counts until the order is there.
    too_early = (
        known[known["order_id"].isin(orders["order_id"])]
        .iloc[[5]]
        .assign(order_id="EARLY1", line_number="1", quantity="1", returned_at="2024-12-30 10:00:00")
    )
    return {
        "customers": pd.concat([new["customers"], moved]),
        "products": products.fillna(""),
        "orders": pd.concat([new["orders"], called_off, passed_on, late]).fillna(""),
        "order_items": pd.concat([new["order_items"], lines]).fillna(""),
        "returns": pd.concat([new["returns"], too_early]),
        # Another rating, another day, another customer, the same again, and a late one.
        "reviews": rows(
            "reviews",
            ("R10", people.iloc[10], "", "5", "2024-02-10 09:00:00"),
            ("R11", people.iloc[11], "", "2", "2024-11-20 09:00:00"),
            ("R12", people.iloc[13], "", "3", "2024-04-10 09:00:00"),
            ("R14", people.iloc[14], "", "5", "2024-06-10 09:00:00"),
            ("LATE", people.iloc[150], "", "1", "2024-05-05 12:00:00"),
        ),
    }


def _second_day(
    whole: dict[str, pd.DataFrame], history: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Who and what was unknown arrives; lines and returns are corrected; two customers are one."""
    orders = _sound(whole)
    people = history["customers"].drop_duplicates("customer_id")
    one, other = people.iloc[20], people.iloc[30].copy()
    other["full_name"], other["email"] = one["full_name"], one["email"]
    newcomer = people.iloc[40].copy()
    newcomer["customer_id"], newcomer["email"] = "C9999999", "new@example.org"
    lines = history["order_items"]
    corrected = lines[lines["order_id"] == orders["order_id"].iloc[60]].assign(quantity="9")
    exchanged = lines[lines["order_id"] == orders["order_id"].iloc[61]].assign(product_id="P0004")
    known = history["returns"]
    known = known[known["order_id"].isin(orders["order_id"])]
    elsewhere = known.iloc[[3]].assign(
        order_id=orders["order_id"].iloc[62], line_number="1", quantity="1"
    )
    broken = orders.iloc[[63]].assign(ordered_at="31/12/2024")
    guest = rows(
        "orders",
        ("EARLY1", orders["customer_id"].iloc[70], "2024-12-29 09:00:00", "web", "GBP", "0.00"),
        ("GUEST1", "", "2024-12-30 09:00:00", "web", "GBP", "1.00"),
    ).assign(full_name=["", one["full_name"]], email=["", one["email"]])
    return {
        "customers": pd.DataFrame([other, newcomer]),
        "orders": pd.concat([guest, broken]).fillna(""),
        "order_items": pd.concat(
            [corrected, exchanged, rows("order_items", ("GUEST1", "1", "P0002", "3", "5.00"))]
        ).fillna(""),
        "returns": elsewhere,
    }


def _third_day(
    whole: dict[str, pd.DataFrame], history: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Returns that no order is named for: of nobody known, and later than the newest order."""
    known = _sound(whole).iloc[300]
    back = {"BACK1": ("O00000100", "2024-12-31"), "BACK2": (known["order_id"], "2025-01-01")}
    lines = history["order_items"].drop_duplicates("order_id").set_index("order_id")
    buyers = history["orders"].drop_duplicates("order_id").set_index("order_id")["customer_id"]
    return {
        "returns": pd.DataFrame(
            [
                {
                    "return_id": number,
                    "customer_id": buyers[order],
                    "product_id": lines.loc[order, "product_id"],
                    "quantity": "1",
                    "returned_at": f"{day} 08:00:00",
                    "refund_amount": "2.50",
                }
                for number, (order, day) in back.items()
            ]
        )
    }


def _fourth_day(whole: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """One order, by which the later return of the day before is past; a guest is somebody else.

    The order is of somebody whose other order was passed on to a customer of whom nothing is new,
    and nobody has the e-mail any more that the guest gave first.
    """
    buyer = _sound(whole)["customer_id"].iloc[100]
    orders = rows(
        "orders",
        ("NEXT1", buyer, "2025-01-02 09:00:00", "web", "GBP", "0.00"),
        ("GUEST1", "", "2024-12-30 09:00:00", "web", "GBP", "1.00"),
    )
    return {
        "orders": orders.assign(email=["", "mistyped.before@example.org"]),
        "order_items": rows("order_items", ("NEXT1", "1", "P0002", "1", "7.50")),
    }


def rows(table: str, *values: Sequence[str]) -> pd.DataFrame:
    """Return rows of a table in the order of COLUMNS."""
    return pd.DataFrame(values, columns=list(COLUMNS[table]))
