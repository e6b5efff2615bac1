"""A shop, block by block or whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from ingest.sample import catalogue as goods
from ingest.sample.columns import (
    CUSTOMERS,
    DIRTY_ROWS,
    FILE_COLUMNS,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
    RETURNS,
    TRUTH_CUSTOMERS,
)
from ingest.sample.config import Ints, SampleConfig, Stream
from ingest.sample.dirt import add_dirt, undo_dirt
from ingest.sample.items import Items, draw_items
from ingest.sample.latent import draw
from ingest.sample.orders import GUEST, ORDER_CHANNELS, Orders, draw_orders
from ingest.sample.people import customers_file
from ingest.sample.returns import REASONS, Returns, draw_returns
from ingest.sample.season import campaign_calendar, clock, seasonality
from ingest.sample.summary import Totals, count, summary
from ingest.sample.text import ids, integers, labels, money, timestamps
from ingest.sample.truth import Truth, customer_truth, observed_history

# The product file's dirt has a stream apart from those of the blocks of customers.
CATALOGUE_STREAM = 2**31
STATUSES = ("completed", "cancelled")


@dataclass(frozen=True)
class Block:
    """A stretch of the shop: the text of its files, its truth files, its clean totals.

    Row numbers in the list of dirty rows count from the beginning of the whole files.
    """

    files: dict[str, pd.DataFrame]
    truth_files: dict[str, pd.DataFrame]
    totals: Totals


@dataclass(frozen=True)
class SampleShop:
    """A whole shop in memory: the tables that `write_shop` writes, by path, and its truth."""

    config: SampleConfig
    files: dict[str, pd.DataFrame]
    truth_files: dict[str, pd.DataFrame]
    summary: dict[str, int | str]
    truth: Truth


def blocks(config: SampleConfig) -> Iterator[Block]:
    """Yield the catalogue, then each block of customers; joined they are the shop."""
    catalogue = goods.build_catalogue(config)
    block = _catalogue_block(config, catalogue)
    totals, rows = block.totals, dict.fromkeys(FILE_COLUMNS, 0)
    yield block
    for number in range(config.blocks):
        block = _customer_block(config, catalogue, number, totals)
        dirty = block.truth_files[DIRTY_ROWS]
        dirty["row_number"] += dirty["file"].map(rows).astype("int64")
        yield block
        totals = totals + block.totals
        rows = {file: rows[file] + len(block.files.get(file, ())) for file in rows}


def generate(config: SampleConfig) -> SampleShop:
    """Make a whole shop in memory: for sizes of some hundred thousand customers at most."""
    made = list(blocks(config))
    files = {name: _joined([b.files for b in made], name) for name in FILE_COLUMNS}
    names = dict.fromkeys(name for block in made for name in block.truth_files)
    truth_files = {name: _joined([b.truth_files for b in made], name) for name in names}
    totals = reduce(Totals.__add__, (block.totals for block in made))
    clean = undo_dirt(files, truth_files[DIRTY_ROWS])
    history = observed_history(clean[ORDERS], clean[ORDER_ITEMS])
    truth = Truth(config, truth_files[TRUTH_CUSTOMERS], history)
    return SampleShop(config, files, truth_files, summary(config, totals), truth)


def _joined(parts: list[dict[str, pd.DataFrame]], name: str) -> pd.DataFrame:
    return pd.concat([part[name] for part in parts if name in part], ignore_index=True)


def _catalogue_block(config: SampleConfig, catalogue: goods.Catalogue) -> Block:
    """Products and all truth that belongs to the shop rather than to customers."""
    rng = config.rng(Stream.DIRT, CATALOGUE_STREAM)
    dirty = add_dirt(rng, {PRODUCTS: goods.products_file(catalogue)}, 0, config.dirty_per_kind)
    truth_files = {
        "truth/products.csv": goods.product_truth(catalogue),
        "truth/categories.csv": goods.category_truth(),
        "truth/category_affinity.csv": goods.affinity_truth(),
        "truth/seasonality.csv": seasonality(config.start_date, config.end_date),
        "truth/campaigns.csv": campaign_calendar(config.start_date, config.end_date),
        DIRTY_ROWS: dirty.rows,
    }
    return Block(dirty.files, truth_files, Totals(products=catalogue.size))


def _customer_block(
    config: SampleConfig, catalogue: goods.Catalogue, block: int, before: Totals
) -> Block:
    """One block of customers; `before` holds how many orders and returns were numbered so far."""
    ticks = clock(config.start_date, config.end_date)
    latent = draw(config, ticks, block)
    orders = draw_orders(config, ticks, latent, block)
    items = draw_items(config, catalogue, latent, orders, block)
    returns = draw_returns(config.rng(Stream.RETURNS, block), ticks, catalogue, orders, items)
    first = block * config.customers_per_block + 1
    customer = np.arange(first, first + latent.born_at.size)
    order_id = ids("O", before.orders + 1 + np.arange(orders.size), 8)
    return_id = ids("R", before.returns + 1 + np.arange(returns.size), 7)
    lines = _items_file(items, order_id)
    files = {
        CUSTOMERS: customers_file(config, block, customer, latent),
        ORDERS: _orders_file(config, orders, items, order_id, customer),
        ORDER_ITEMS: lines,
        RETURNS: _returns_file(returns, lines, return_id),
    }
    dirty = add_dirt(config.rng(Stream.DIRT, block), files, block, config.dirty_per_kind)
    truth_files = {TRUTH_CUSTOMERS: customer_truth(customer, latent), DIRTY_ROWS: dirty.rows}
    return Block(dirty.files, truth_files, count(customer.size, orders, items, returns))


def _orders_file(
    config: SampleConfig, orders: Orders, items: Items, order_id: "pd.Series[str]", customer: Ints
) -> pd.DataFrame:
    known = ids("C", customer[np.maximum(orders.owner, 0)], 7)
    return pd.DataFrame(
        {
            "order_id": order_id,
            "customer_id": known.mask(orders.owner == GUEST, ""),
            "ordered_at": timestamps(orders.ordered_at),
            "channel": labels(ORDER_CHANNELS, orders.channel),
            "currency": config.currency,
            "discount_amount": money(items.order_discount),
            "shipping_amount": money(items.shipping),
            "status": labels(STATUSES, orders.is_cancelled.astype(np.int64)),
        }
    )


def _items_file(items: Items, order_id: "pd.Series[str]") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order_id": order_id.take(items.order).reset_index(drop=True),
            "line_number": integers(items.line),
            "product_id": ids("P", items.product + 1, 4),
            "quantity": integers(items.quantity),
            "unit_price": money(items.unit_price),
            "discount_amount": money(items.discount),
        }
    )


def _returns_file(
    returns: Returns, lines: pd.DataFrame, return_id: "pd.Series[str]"
) -> pd.DataFrame:
    returned = lines.iloc[returns.item].reset_index(drop=True)
    return pd.DataFrame(
        {
            "return_id": return_id,
            "order_id": returned["order_id"],
            "line_number": returned["line_number"],
            "product_id": returned["product_id"],
            "quantity": integers(returns.quantity),
            "returned_at": timestamps(returns.returned_at),
            "refund_amount": money(returns.refund),
            "reason": labels(REASONS, returns.reason),
        }
    )
