"""What comes back: never more than was bought, never before it was, of completed orders only."""

from dataclasses import dataclass

import numpy as np

from ingest.sample.catalogue import CATEGORY_RETURN_RATE, Catalogue
from ingest.sample.config import Ints
from ingest.sample.items import Items, order_sums
from ingest.sample.latent import pick
from ingest.sample.orders import Orders
from ingest.sample.season import DAY, Clock

REASONS = ("wrong size", "damaged", "not as described", "changed my mind", "arrived late")
REASON_SHARE = np.array([0.25, 0.18, 0.22, 0.27, 0.08])
FIRST_DAY, LAST_DAY = 1, 40


@dataclass(frozen=True)
class Returns:
    """k returned lines of a block by time: arrays of shape (k,), `item` the row of the line.

    `refund` is in pence: the returned units' share of what was paid for the line, coupon included.
    """

    item: Ints
    quantity: Ints
    returned_at: Ints
    refund: Ints
    reason: Ints

    @property
    def size(self) -> int:
        """Number of returns."""
        return self.item.size


def draw_returns(
    rng: np.random.Generator, clock: Clock, catalogue: Catalogue, orders: Orders, items: Items
) -> Returns:
    """Draw one block's returns; those after the end of the export are not in it."""
    chance = CATEGORY_RETURN_RATE[catalogue.category[items.product]]
    comes_back = (rng.random(items.size) < chance) & ~orders.is_cancelled[items.order]
    delay = rng.integers(FIRST_DAY * DAY, LAST_DAY * DAY, items.size)
    returned_at = orders.ordered_at[items.order] + delay
    quantity = 1 + np.floor(rng.random(items.size) * items.quantity).astype(np.int64)
    reason = pick(rng, REASON_SHARE, items.size)
    item = np.flatnonzero(comes_back & clock.within(returned_at))
    item = item[np.argsort(returned_at[item], kind="stable")]
    return Returns(
        item=item,
        quantity=quantity[item],
        returned_at=returned_at[item],
        refund=paid(orders, items)[item] * quantity[item] // items.quantity[item],
        reason=reason[item],
    )


def paid(orders: Orders, items: Items) -> Ints:
    """Pence paid per line, the order's coupon shared out by value and rounded down; shape (m,)."""
    net = order_sums(items.net, items.order, orders.size)[items.order]
    coupon = items.order_discount[items.order]
    return items.net - -(-coupon * items.net // net)
