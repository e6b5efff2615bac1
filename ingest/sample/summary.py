"""Clean totals, which a warehouse must reach once it has set the dirty rows aside."""

from dataclasses import asdict, dataclass, fields

from ingest.sample.config import SampleConfig
from ingest.sample.items import Items
from ingest.sample.orders import GUEST, Orders
from ingest.sample.returns import Returns


@dataclass(frozen=True)
class Totals:
    """Counts of clean rows, and money in pence. Money is of completed orders only.

    gross: quantity times unit price. net: gross less discounts of lines and orders, before
    returns and without shipping.
    """

    customers: int = 0
    products: int = 0
    orders: int = 0
    orders_completed: int = 0
    orders_cancelled: int = 0
    orders_guest: int = 0
    lines: int = 0
    lines_completed: int = 0
    units_completed: int = 0
    returns: int = 0
    units_returned: int = 0
    gross: int = 0
    line_discounts: int = 0
    order_discounts: int = 0
    shipping: int = 0
    net: int = 0
    refunds: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        """Add field by field."""
        mine, theirs = asdict(self), asdict(other)
        return Totals(
            **{field.name: mine[field.name] + theirs[field.name] for field in fields(self)}
        )


MONEY = ("gross", "line_discounts", "order_discounts", "shipping", "net", "refunds")


def count(customers: int, orders: Orders, items: Items, returns: Returns) -> Totals:
    """Totals of one block."""
    done = ~orders.is_cancelled
    line_done = done[items.order]
    gross = int((items.quantity * items.unit_price)[line_done].sum())
    line_discounts = int(items.discount[line_done].sum())
    order_discounts = int(items.order_discount[done].sum())
    return Totals(
        customers=customers,
        orders=orders.size,
        orders_completed=int(done.sum()),
        orders_cancelled=int(orders.is_cancelled.sum()),
        orders_guest=int((orders.owner == GUEST).sum()),
        lines=items.size,
        lines_completed=int(line_done.sum()),
        units_completed=int(items.quantity[line_done].sum()),
        returns=returns.size,
        units_returned=int(returns.quantity.sum()),
        gross=gross,
        line_discounts=line_discounts,
        order_discounts=order_discounts,
        shipping=int(items.shipping[done].sum()),
        net=gross - line_discounts - order_discounts,
        refunds=int(returns.refund.sum()),
    )


def summary(config: SampleConfig, totals: Totals) -> dict[str, int | str]:
    """truth/summary.json: the totals, amounts as text with two decimals, and the period."""
    values: dict[str, int | str] = {
        "currency": config.currency,
        "start_date": config.start_date.isoformat(),
        "end_date": config.end_date.isoformat(),
    }
    for name, value in asdict(totals).items():
        if name in MONEY:
            values[f"{name}_amount"] = f"{value // 100}.{value % 100:02d}"
        else:
            values[name] = value
    return values
