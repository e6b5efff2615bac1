"""What is in the baskets, and what they cost. Money is in whole pence throughout."""

from dataclasses import dataclass

import numpy as np

from ingest.sample.catalogue import (
    CATEGORY_ELASTICITY,
    CATEGORY_POPULARITY,
    COMPLEMENT_SHARE,
    FAVOURITE_SHARE,
    YEARLY_PRICE_RISE,
    Catalogue,
)
from ingest.sample.config import Bools, Floats, Ints, SampleConfig, Stream
from ingest.sample.latent import Latent, pick
from ingest.sample.orders import GUEST, Orders

MEAN_FURTHER_LINES = 1.5
MEAN_EXTRA_UNITS = 0.35
COUPON_PERCENT = 10
FREE_SHIPPING_PENCE = 5000
SHIPPING_PENCE = 395


@dataclass(frozen=True)
class Items:
    """m lines of a block's n orders, by order and line: arrays of shape (m,), the last two (n,).

    `order` is the row of the line's order; prices and amounts in pence; `discount` is off the
    whole line, `order_discount` a coupon off the order.
    """

    order: Ints
    line: Ints
    product: Ints
    quantity: Ints
    unit_price: Ints
    discount: Ints
    order_discount: Ints
    shipping: Ints

    @property
    def size(self) -> int:
        """Number of lines."""
        return self.order.size

    @property
    def net(self) -> Ints:
        """Pence per line after the line's own discount, shape (m,)."""
        return self.quantity * self.unit_price - self.discount


def draw_items(
    config: SampleConfig, catalogue: Catalogue, latent: Latent, orders: Orders, block: int
) -> Items:
    """Fill one block's orders."""
    rng = config.rng(Stream.ITEMS, block)
    guest = orders.owner == GUEST
    owner = np.where(guest, 0, orders.owner)
    spend = np.where(guest, 1.0, latent.spend_scale[owner])
    favourite = np.where(
        guest, pick(rng, CATEGORY_POPULARITY, orders.size), latent.favourite[owner]
    )
    lines = 1 + rng.poisson(MEAN_FURTHER_LINES * spend)
    order = np.repeat(np.arange(orders.size), lines)
    first = np.cumsum(lines) - lines  # the row of each order's first line
    line = np.arange(order.size) - first[order] + 1
    product = draw_products(rng, catalogue, favourite[order], first[order])
    sale = np.where(orders.is_discounted, orders.depth, 0.0)[order]
    quantity = draw_quantities(rng, catalogue.category[product], spend[order], sale)
    unit_price = price_at(catalogue.list_price[product], orders.ordered_at[order], config)
    discount = np.floor(quantity * unit_price * sale + 1e-6).astype(np.int64)
    net = order_sums(quantity * unit_price - discount, order, orders.size)
    order_discount = np.where(_uses_coupon(orders), net * COUPON_PERCENT // 100, 0)
    return Items(
        order=order,
        line=line,
        product=product,
        quantity=quantity,
        unit_price=unit_price,
        discount=discount,
        order_discount=order_discount,
        shipping=np.where(net - order_discount >= FREE_SHIPPING_PENCE, 0, SHIPPING_PENCE),
    )


def _uses_coupon(orders: Orders) -> Bools:
    return np.asarray(orders.is_discounted & (orders.depth == 0))


def draw_products(
    rng: np.random.Generator, catalogue: Catalogue, favourite: Ints, first: Ints
) -> Ints:
    """Products of lines: own taste, or what complements the product of the order's `first` row."""
    size = favourite.size
    is_favourite = rng.random(size) < FAVOURITE_SHARE
    category = np.where(is_favourite, favourite, pick(rng, CATEGORY_POPULARITY, size))
    # The popularity of whole categories is 1, so category c begins at c on the running sum.
    product = np.searchsorted(catalogue.cumulative, category + rng.random(size), side="right")
    product = np.minimum(product, catalogue.size - 1)
    is_further = np.arange(size) != first
    takes_partner = is_further & (rng.random(size) < COMPLEMENT_SHARE)
    return np.where(takes_partner, catalogue.complement[product[first]], product)


def draw_quantities(rng: np.random.Generator, category: Ints, spend: Floats, sale: Floats) -> Ints:
    """Units per line: 1 + Poisson(mean * spend * (1 - sale depth) ** -elasticity)."""
    pull = (1 - sale) ** -CATEGORY_ELASTICITY[category]
    return np.asarray(1 + rng.poisson(MEAN_EXTRA_UNITS * spend * pull))


def price_at(list_price: Ints, ordered_at: Ints, config: SampleConfig) -> Ints:
    """Price in the year of the order: the list price is that of the export's last year."""
    year = ordered_at.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    factor = (1 + YEARLY_PRICE_RISE) ** (year - config.end_date.year).astype(float)
    return np.asarray(np.rint(list_price * factor).astype(np.int64))


def order_sums(values: Ints, order: Ints, orders: int) -> Ints:
    """Sum of line values per order, shape (orders,). Exact: pence stay far below 2 ** 53."""
    return np.bincount(order, weights=values, minlength=orders).astype(np.int64)
