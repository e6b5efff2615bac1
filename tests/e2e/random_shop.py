"""A small shop on which anything may happen on any day, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

Row = dict[str, str]
Tables = dict[str, list[Row]]

KEYS = {
    "customers": ("customer_id",),
    "products": ("product_id",),
    "orders": ("order_id",),
    "order_items": ("order_id", "line_number"),
    "returns": ("return_id",),
    "reviews": ("review_id",),
    "events": ("event_id",),
    "subscriptions": ("subscription_id",),
}
CATEGORIES = ("Tea", "Coffee", "Cups", "")
COUNTRIES = ("GB", "PT", "DE", "")
CHANNELS = ("web", "app", "store", "")
NAMES = ("Ana Müller", "John Smith", "Żaneta Nowak", "李 小龍", "Maria da Silva", "O'Brien, Pat")
# What staging rejects: an earlier good row of the same key counts no more, or still does.
BAD = {
    "orders": (("ordered_at", "31/12/2024"), ("status", "lost"), ("discount_amount", "-1")),
    "order_items": (("quantity", "0"), ("unit_price", "ten"), ("product_id", "")),
    "returns": (("quantity", "-1"), ("returned_at", ""), ("refund_amount", "x")),
    "customers": (("signed_up_at", "yesterday"),),
    "reviews": (("rating", "6"), ("reviewed_at", "2024-13-01")),
    "products": (("unit_cost", "-2"), ("list_price", "cheap")),
}


@dataclass
class RandomShop:
    """What the shop knows, by key, as its newest export says it."""

    seed: int
    prefix: str
    """What its ids begin with: those of two shops are not the same."""

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.seed}{self.prefix}")
        self.first = date(2021, 1, 1) + timedelta(days=self.random.randrange(700))
        self.today = self.first + timedelta(days=self.random.choice((40, 200, 500, 800)))
        self.known: dict[str, dict[tuple[str, ...], Row]] = {name: {} for name in KEYS}
        self.written: Tables = {}
        self.numbers = 0

    def history(self) -> dict[str, pd.DataFrame]:
        """Return the export of everything up to the first today."""
        self.written = {name: [] for name in KEYS}
        for _ in range(self.random.choice((3, 10))):
            self._new_product()
        for _ in range(self.random.choice((5, 30, 60))):
            self._new_customer()
        for _ in range(self.random.choice((10, 100, 250))):
            self._order_on(self._some_day())
        for what, times in (
            (self._return, 20),
            (self._review, 10),
            (self._event, 10),
            (self._subscription, 5),
        ):
            for _ in range(times):
                what()
        return self._tables()

    def day(self) -> dict[str, pd.DataFrame]:
        """Return the export of one more day: what is new and what was changed."""
        self.written = {name: [] for name in KEYS}
        self.today += timedelta(days=self.random.choice((0, 1, 1, 1, 2, 7, 33, 100)))
        things: tuple[tuple[Callable[[], None], int], ...] = (
            (lambda: self._order_on(self.today), 6),
            (lambda: self._order_on(self._some_day()), 3),
            (lambda: self._order_on(self.first - timedelta(days=self.random.randrange(90))), 1),
            (self._new_customer, 3),
            (self._new_product, 1),
            (self._return, 4),
            (self._review, 2),
            (self._event, 2),
            (self._subscription, 1),
            (self._change_order, 6),
            (self._change_line, 5),
            (self._change_customer, 5),
            (self._change_product, 2),
            (self._change_return, 4),
            (self._change_review, 2),
            (self._spoil, 2),
            (self._say_again, 2),
        )
        chosen = self.random.choices(
            [thing for thing, _ in things],
            [weight for _, weight in things],
            k=self.random.choice((1, 5, 20, 40)),
        )
        for thing in chosen:
            thing()
        return self._tables()

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {name: pd.DataFrame(rows) for name, rows in self.written.items() if rows}

    def _write(self, table: str, row: Row, *, counts: bool = True) -> None:
        self.written[table].append(row)
        if counts:
            self.known[table][tuple(row[column] for column in KEYS[table])] = row

    def _number(self, letter: str) -> str:
        self.numbers += 1
        return f"{self.prefix}{letter}{self.numbers}"

    def _some(self, table: str) -> Row | None:
        rows = list(self.known[table].values())
        return dict(self.random.choice(rows)) if rows else None

    def _some_day(self) -> date:
        return self.first + timedelta(
            days=self.random.randrange(max((self.today - self.first).days, 1))
        )

    def _at(self, day: date) -> str:
        return f"{day} {self.random.choice(('00:00:00', '12:30:00', '23:59:59'))}"

    def _customer_id(self) -> str:
        """Mostly of somebody known, seldom of somebody who comes later, or of nobody."""
        known = self._some("customers")
        if known is None or self.random.random() < 0.08:
            return self.random.choice(("", f"{self.prefix}LATER{self.random.randrange(4)}"))
        return known["customer_id"]

    def _product_id(self) -> str:
        known = self._some("products")
        if known is None or self.random.random() < 0.05:
            return f"{self.prefix}UNKNOWN{self.random.randrange(3)}"
        return known["product_id"]

    def _email(self) -> str:
        # Few enough that two customers, or two shops, have the same.
        return self.random.choice(("", f"person{self.random.randrange(60)}@example.org"))

    def _new_customer(self) -> None:
        number = self.random.choice((self._number("C"), f"{self.prefix}LATER0"))
        self._write(
            "customers",
            {
                "customer_id": number,
                "full_name": self.random.choice(NAMES),
                "email": self._email(),
                "phone": self.random.choice(("", f"+44 20 7946 0{self.random.randrange(30):03d}")),
                "account_id": self.random.choice(("", "", f"A{self.random.randrange(30)}")),
                "country": self.random.choice(COUNTRIES),
                "acquisition_channel": self.random.choice(CHANNELS),
                "signed_up_at": self.random.choice(("", self._at(self._some_day()))),
            },
        )

    def _new_product(self) -> None:
        number = self.random.choice((self._number("P"), f"{self.prefix}UNKNOWN0"))
        self._write(
            "products",
            {
                "product_id": number,
                "product_name": f"Thing {number}",
                "category": self.random.choice(CATEGORIES),
                "product_kind": self.random.choice(("product",) * 6 + ("postage", "voucher")),
                "list_price": "10.00",
                "unit_cost": self.random.choice(("", "1.00", "4.50")),
            },
        )

    def _order_on(self, day: date) -> None:
        order = self._number("O")
        self._write(
            "orders",
            {
                "order_id": order,
                "customer_id": self._customer_id(),
                "full_name": self.random.choice(("", *NAMES)),
                "email": self._email(),
                "phone": "",
                "ordered_at": self._at(day),
                "channel": self.random.choice(CHANNELS),
                "country": self.random.choice(COUNTRIES),
                "currency": "EUR",
                "discount_amount": self.random.choice(("", "0.00", "1.50")),
                "shipping_amount": self.random.choice(("", "2.00")),
                "tax_amount": self.random.choice(("", "0.99")),
                "status": self.random.choice(("completed",) * 9 + ("cancelled", "test")),
            },
        )
        for line in range(self.random.choice((0, 1, 1, 2, 3))):
            self._line(order, str(line + 1))

    def _line(self, order: str, line: str) -> None:
        self._write(
            "order_items",
            {
                "order_id": order,
                "line_number": line,
                "product_id": self._product_id(),
                "quantity": str(self.random.choice((1, 1, 2, 12))),
                "unit_price": self.random.choice(("0.00", "3.33", "10.00", "199.99")),
                "discount_amount": self.random.choice(("", "0.50")),
                "tax_amount": "",
            },
        )

    def _return(self) -> None:
        self._write("returns", self._returned({"return_id": self._number("R")}))

    def _returned(self, row: Row) -> Row:
        """Draw what a return names: a line, an order and a product, or a customer and a product."""
        line = self._some("order_items") or {
            "order_id": "O?",
            "line_number": "1",
            "product_id": "?",
        }
        order = self.known["orders"].get((line["order_id"],), {})
        bought = order.get("ordered_at", "")[:10]
        day = date.fromisoformat(bought) if bought else self.today
        back = self.random.choice(
            (day, day - timedelta(3), day + timedelta(9), self.today, self.today + timedelta(2))
        )
        how = self.random.choice(("line", "line", "product", "customer", "nothing"))
        return {
            **row,
            "order_id": line["order_id"] if how in ("line", "product") else "",
            "line_number": line["line_number"] if how == "line" else "",
            "customer_id": order.get("customer_id", "") if how == "customer" else "",
            "product_id": line["product_id"] if how in ("product", "customer") else "",
            "quantity": str(self.random.choice((1, 1, 1, 2, 20))),
            "returned_at": self._at(back),
            "refund_amount": self.random.choice(("0.00", "3.33", "10.00")),
            "reason": "",
        }

    def _review(self) -> None:
        self._write("reviews", self._reviewed({"review_id": self._number("V")}))

    def _reviewed(self, row: Row) -> Row:
        order = self._some("orders") or {"order_id": ""}
        return {
            **row,
            "customer_id": self.random.choice(("", self._customer_id())),
            "order_id": self.random.choice(("", order["order_id"], f"{self.prefix}O1")),
            "product_id": self.random.choice(("", self._product_id())),
            "rating": self.random.choice(("", "1", "5")),
            "title": "",
            "body": self.random.choice(("", "Très bon, 5*")),
            "reviewed_at": self._at(self.random.choice((self._some_day(), self.today))),
        }

    def _event(self) -> None:
        self._write(
            "events",
            {
                "event_id": self._number("E"),
                "customer_id": self._customer_id() or f"{self.prefix}LATER1",
                "event_type": self.random.choice(("visit", "email_open")),
                "occurred_at": self._at(self._some_day()),
                "channel": "web",
                "product_id": "",
                "session_id": "",
            },
        )

    def _subscription(self) -> None:
        self._write(
            "subscriptions",
            {
                "subscription_id": f"{self.prefix}S{self.random.randrange(8)}",
                "customer_id": self._customer_id() or f"{self.prefix}LATER2",
                "plan_name": "monthly",
                "status": self.random.choice(("active", "cancelled", "paused")),
                "started_at": self._at(self.first),
                "ended_at": self.random.choice(("", self._at(self.today))),
                "monthly_amount": "9.99",
                "currency": "EUR",
            },
        )

    def _change(self, table: str, **changes: str) -> None:
        row = self._some(table)
        if row is not None:
            column = self.random.choice(list(changes))
            self._write(table, {**row, column: changes[column]})

    def _change_order(self) -> None:
        self._change(
            "orders",
            status=self.random.choice(("completed", "cancelled")),
            customer_id=self._customer_id(),
            ordered_at=self._at(self.random.choice((self._some_day(), self.today))),
            email=self._email(),
            country=self.random.choice(COUNTRIES),
            channel=self.random.choice(CHANNELS),
            discount_amount="2.00",
        )

    def _change_line(self) -> None:
        row = self._some("order_items")
        if row is not None and self.random.random() < 0.3:
            self._line(row["order_id"], str(self.random.randrange(1, 6)))
        self._change(
            "order_items",
            quantity=str(self.random.choice((1, 7))),
            product_id=self._product_id(),
            unit_price="5.00",
        )

    def _change_customer(self) -> None:
        other = self._some("customers") or {"email": "", "account_id": "", "full_name": ""}
        self._change(
            "customers",
            email=self.random.choice((other["email"], self._email())),
            account_id=self.random.choice((other["account_id"], "")),
            full_name=other["full_name"],
            country=self.random.choice(COUNTRIES),
            acquisition_channel=self.random.choice(CHANNELS),
            signed_up_at=self._at(self._some_day()),
        )

    def _change_product(self) -> None:
        self._change(
            "products",
            category=self.random.choice(CATEGORIES),
            product_kind=self.random.choice(("product", "fee")),
            unit_cost=self.random.choice(("", "2.22")),
            product_name="Renamed",
        )

    def _change_return(self) -> None:
        row = self._some("returns")
        if row is not None:
            again = self.random.choice((self._returned(row), {**row, "quantity": "1"}))
            self._write("returns", again)

    def _change_review(self) -> None:
        row = self._some("reviews")
        if row is not None:
            self._write("reviews", self._reviewed(row))

    def _spoil(self) -> None:
        table = self.random.choice(list(BAD))
        row = self._some(table)
        if row is not None:
            column, value = self.random.choice(BAD[table])
            # A file of which most values are broken would be refused.
            filled = [sound for sound in self.known[table].values() if sound[column]]
            if filled:
                self._write(table, {**row, column: value}, counts=False)
                for sound in self.random.choices(filled, k=3):
                    self._write(table, sound)

    def _say_again(self) -> None:
        table = self.random.choice(list(KEYS))
        row = self._some(table)
        if row is not None:
            self._write(table, row)
