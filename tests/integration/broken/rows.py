"""One shop whose files hold every kind of broken row, each with what has to become of it.

Good rows stand around them, as in life: a file that is mostly broken is refused as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FILLERS = 600
"""Sound orders of one line each: O1001, O1002 and so on."""
UNFIT = "is over 255 characters or holds a line break"
SUPERSEDED = "superseded: a later row has the same"


@dataclass
class File:
    """One file: its rows, and for each the reason for which it is rejected, or None."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[dict[str, str], str | None]] = field(default_factory=list)

    def add(self, reason: str | None = None, **values: str) -> None:
        """Add a row."""
        self.rows.append((values, reason))

    def write(self, folder: Path) -> Path:
        """Write the file as CSV with every filled value in quotes."""
        lines = [
            ",".join(_quoted(values.get(column, "")) for column in self.columns)
            for values, _ in self.rows
        ]
        path = folder / self.name
        path.write_text("\n".join([",".join(self.columns), *lines]) + "\n", newline="")
        return path

    @property
    def table(self) -> str:
        """The raw table that the file goes into."""
        return "shop__" + self.name.split(".")[0].split(" ")[0]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """Row number and reason of every row that is to be rejected."""
        return [(at, reason) for at, (_, reason) in enumerate(self.rows, 1) if reason]


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if value else ""


CUSTOMERS = ("customer_id", "full_name", "signed_up_at")
PRODUCTS = ("product_id", "product_name", "list_price", "unit_cost")
ORDERS = ("order_id", "customer_id", "ordered_at", "currency", "status", "discount_amount")
ITEMS = ("order_id", "line_number", "product_id", "quantity", "unit_price", "discount_amount")
RETURNS = ("return_id", "order_id", "line_number", "quantity", "returned_at", "refund_amount")


def customers() -> File:
    """Ids of every kind, and a customer who signed up after the first order."""
    file = File("customers.csv", CUSTOMERS)
    file.add(customer_id="C1", full_name="Ann", signed_up_at="2024-01-01")
    file.add(customer_id="-7", full_name="Negative")
    file.add(customer_id="007", full_name="Leading zeros")
    file.add(customer_id="  Zoë Ünlü 7 ", full_name="Blanks and unicode")
    file.add(customer_id="late sign-up", full_name="Bo", signed_up_at="2024-12-01")
    file.add(customer_id="formula", full_name="=cmd|' /C calc'!A0")
    file.add(customer_id="long name", full_name="x" * 10_000_000)
    file.add(f"customer id {UNFIT}", customer_id="c" * 5_000, full_name="Long")
    file.add(f"customer id {UNFIT}", customer_id="C1\nC2,Bob", full_name="Swallowed by a quote")
    file.add("customer id is missing", customer_id=" ", full_name="Nobody")
    file.add("sign-up time is not an ISO timestamp", customer_id="C9", signed_up_at="soon")
    for at in range(40):
        file.add(customer_id=f"F{at}", full_name=f"Filler {at}", signed_up_at="2023-01-01")
    return file


def products() -> File:
    """Prices as spreadsheets and exports of other countries write them."""
    file = File("products.csv", PRODUCTS)
    file.add(product_id="P", product_name="Mug", list_price="10", unit_cost="4")
    file.add(product_id="R", product_name="Power of ten", list_price="1e+05", unit_cost="1.5E-1")
    file.add(product_id="dear", product_name="Dear", unit_cost="999999999999")
    for value in (
        *("NaN", "Infinity", "-inf", "1e400", "1,200.00", "12,50", "€12", "$5", "12 EUR", "1_000"),
        *("0x1F", "12.5.1", "１２", "#DIV/0!", "9999999999999"),
    ):
        name = f"price {value}"
        file.add("list price is not a number", product_id=name, product_name="x", list_price=value)
    file.add("list price is negative", product_id="N", product_name="x", list_price="-1")
    file.add("unit cost is negative", product_id="N", product_name="x", unit_cost="-0.01")
    file.add(f"product id {UNFIT}", product_id="p" * 256, product_name="x")
    for at in range(40):
        file.add(product_id=f"F{at}", product_name=f"Filler {at}", list_price="1", unit_cost="0.5")
    return file


def orders() -> File:
    """Times, customers, currencies and the same order twice."""
    file = File("orders.csv", ORDERS)

    def add(reason: str | None, order_id: str, ordered_at: str = "2024-03-01", **more: str) -> None:
        values = {"order_id": order_id, "ordered_at": ordered_at, "currency": "EUR"}
        file.add(reason, **(values | {"status": "completed"} | more))

    not_iso = "order time is not an ISO timestamp"
    for order_id, when in {
        "31 February": "2024-02-31",
        "29 February of no leap year": "2023-02-29",
        "day first": "31/12/2024",
        "month first": "12/31/2024",
        "dots": "31.12.2024",
        "two digits": "24-12-31",
        "serial number": "45292",
        "epoch": "1709287200",
        "25 hours": "2024-03-01 25:00:00",
        "offset of a day": "2024-03-01 10:00:00+25:00",
        "name of a zone": "2024-03-01 10:00:00 CET",
    }.items():
        add(not_iso, order_id, when)
    add(not_iso, "order_id", "ordered_at", currency="currency")  # a second header
    add(not_iso, "Total", "", currency="")
    add(None, "29 February of a leap year", "2024-02-29")
    add(None, "offset", "2024-03-01T01:30:00+02:00")
    add(None, "offset without colon", "2024-03-01 10:00:00.250 -0530")
    add(None, "Zulu", "2024-03-01T10:00:00Z")
    add("order time lies before 1971", "clock never set", "1970-01-01 00:00:00")
    add("order time lies before 1971", "empty cell", "1899-12-30")
    add("order time lies after the time of loading", "clock in the future", "2099-01-01")
    add(None, "oldest", "1971-02-03")
    add(None, "negative", customer_id="-7")
    add(None, "leading zeros", customer_id="007")
    add(None, "blanks and unicode", customer_id=" Zoë Ünlü 7  ")
    add("customer is unknown", "leading zeros lost", customer_id="7")
    add(None, "before the sign-up", customer_id="late sign-up")
    add("customer is unknown", "customer never comes", customer_id="nobody")
    add(None, "customer comes later", customer_id="latecomer")
    add(f"order id {UNFIT}", "o" * 5_000)
    add(f"customer id {UNFIT}", "long customer", customer_id="c" * 5_000)
    add(f"order id {UNFIT}", "O1\nO2,,2024-03-01")
    add("order id is missing", "   ")
    add("currency is missing", "no currency", currency="")
    add("currency is not a code of three letters", "sign", currency="€")
    add("currency is not that of most orders of the shop", "dollars", currency="usd")
    add("status is none of completed, cancelled, test", "lost", status="lost")
    add("discount is not a number", "free", discount_amount="free")
    add("discount is negative", "negative coupon", discount_amount="-5")
    add(None, "coupon above the order", discount_amount="1000")
    add(None, "cancelled", status="cancelled")
    add(f"{SUPERSEDED} order id", "twice in the file", "2024-03-01", customer_id="C1")
    add(None, "twice in the file", "2024-03-02", customer_id="C1")
    add(f"{SUPERSEDED} order id", "twice in two files", "2024-03-01", customer_id="C1")
    add(None, "good, then broken", "2024-03-01", customer_id="C1")
    add(not_iso, "good, then broken", "never", customer_id="C1")
    add(None, "euros, then dollars", "2024-03-01")
    add("currency is not that of most orders of the shop", "euros, then dollars", currency="USD")
    for at in ("one", "several", "early", "lines"):
        add(None, at, customer_id="C1")
    for at in range(FILLERS):
        add(None, f"O{1001 + at}", f"2024-{1 + at % 12:02}-05", customer_id=f"F{at % 40}")
    return file


def more_orders() -> File:
    """A second file with an order of the first, and the rows of a customer who comes later."""
    file = File("orders 2.csv", ORDERS)
    same = {"customer_id": "C1", "currency": "EUR", "status": "completed"}
    file.add(None, order_id="twice in two files", ordered_at="2024-04-01", **same)
    return file


def order_items() -> File:
    """Quantities, prices and discounts; lines of what nobody knows."""
    file = File("order_items.csv", ITEMS)

    def add(reason: str | None, line: str, **more: str) -> None:
        values = {"order_id": "lines", "line_number": line, "product_id": "P", "quantity": "2"}
        file.add(reason, **(values | {"unit_price": "10"} | more))

    add(None, "1")
    add(None, "2.0", unit_price="-0")
    add(None, "3", unit_price="1e+02", quantity="1.0")
    add(None, "4", discount_amount="20")
    add("quantity is not positive", "10", quantity="0")
    add("quantity is not positive", "11", quantity="-1")
    add("quantity is not a whole number", "12", quantity="1.5")
    add("quantity is not a whole number", "13", quantity="99999999999")
    add("discount is more than the line is worth", "14", discount_amount="20.01")
    add("line is worth a trillion or more", "15", quantity="999999999", unit_price="9999")
    add("line costs a trillion or more", "16", product_id="dear", quantity="2")
    add("unit price is negative", "17", unit_price="-0.01")
    add("order is unknown", "18", order_id="nowhere")
    add("product is unknown", "19", product_id="unheard of")
    add("product id is missing", "20", product_id="")
    add("line number is not a whole number", "first")
    add("line number is not a whole number", "", order_id="Total", unit_price="9999")
    for at, value in enumerate(("NaN", "Infinity", "1e400", "1,200.00", "9,99", "€10", "")):
        add("unit price is not a number", f"{30 + at}", unit_price=value)
    add("order is unknown", "1", order_id="dollars")
    for order_id in (
        *("29 February of a leap year", "offset", "offset without colon", "Zulu", "oldest"),
        *("negative", "leading zeros", "blanks and unicode", "before the sign-up"),
        *("coupon above the order", "cancelled", "twice in the file", "twice in two files"),
        *("good, then broken", "euros, then dollars", "one", "several", "early"),
    ):
        add(None, "1", order_id=order_id)
    add(None, "1", order_id="customer comes later")
    for at in range(FILLERS):
        add(None, "1", order_id=f"O{1001 + at}", product_id=f"F{at % 40}")
    return file


def returns() -> File:
    """Returns of more than was bought, too early, or of nothing."""
    file = File("returns.csv", RETURNS)

    def add(reason: str | None, return_id: str, order_id: str, **more: str) -> None:
        values = {"return_id": return_id, "order_id": order_id, "line_number": "1"}
        values |= {"quantity": "1", "returned_at": "2025-01-10", "refund_amount": "10"}
        file.add(reason, **(values | more))

    more_than_bought = "more was returned than was bought"
    add(more_than_bought, "too many", "one", quantity="3")
    add(None, "first of several", "several", returned_at="2025-01-10")
    add(
        f"{more_than_bought}, earlier returns included",
        *("last of several", "several"),
        returned_at="2025-01-12",
        quantity="2",
    )
    add(None, "second of several", "several", returned_at="2025-01-11")
    add("returned before it was sold", "too early", "early", returned_at="2024-02-28 23:59:59")
    add(None, "at once", "early", returned_at="2024-03-01 00:00:00")
    add("order was cancelled", "cancelled", "cancelled")
    add("order is unknown", "of no order", "nowhere")
    add("order line is unknown", "of no line", "one", line_number="2")
    add("return time lies after the time of loading", "tomorrow", "one", returned_at="2099-01-01")
    add("return time is not an ISO timestamp", "31 June", "one", returned_at="2024-06-31")
    add("refund is negative", "negative", "one", refund_amount="-1")
    add("refund is not a number", "NaN", "one", refund_amount="NaN")
    add("quantity is not positive", "none", "one", quantity="0")
    for at in range(120):
        add(None, f"R{at}", f"O{1001 + at}")
    return file


def latecomer() -> File:
    """The customer who arrives after the order."""
    file = File("customers late.csv", CUSTOMERS)
    file.add(None, customer_id="latecomer", full_name="Cy")
    return file


BEFORE = (customers(), products(), orders(), order_items(), returns(), more_orders())
"""The files in the order in which they are loaded, all but the late one."""
LATE = latecomer()
WAITING = {"shop__orders": ["customer comes later"], "shop__order_items": ["customer comes later"]}
