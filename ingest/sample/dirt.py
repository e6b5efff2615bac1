"""Rows as real exports break them. The clean shop underneath stays whole.

A rejected row is an extra one: a copy of a clean row under an id of its own with one thing wrong,
so that exactly one reason applies, or an exact duplicate of a row before it. A cleaned row is a
clean row with harmless noise (padding, letter case), undone by trimming and lower case.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ingest.sample.columns import (
    CUSTOMERS,
    DIRTY_COLUMNS,
    FILE_COLUMNS,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
    RETURNS,
)
from ingest.sample.config import Ints

# Dirty lines are numbered from here, with as many numbers for each block.
FIRST_DIRTY_LINE = 1000
NEVER_BOUGHT = 50  # units returned on top of those bought

# How a dirty row gets an id that no clean row has.
PREFIX = {CUSTOMERS: "CD", PRODUCTS: "PD", ORDERS: "OD", RETURNS: "RD"}

Source = Literal["any", "returnable", "duplicate"]


@dataclass(frozen=True)
class Kind:
    """One way to be wrong: `values` are written into `column` in turn.

    `source` says which clean rows are copied: any of the file, lines without a return as the
    starting point of a return, or any without change at all.
    """

    name: str
    file: str
    column: str
    values: tuple[str, ...]
    expected: str
    source: Source = "any"


@dataclass(frozen=True)
class Noise:
    """One harmless change of `column` in place."""

    name: str
    file: str
    column: str
    expected: str


REJECTED = (
    Kind("missing_customer_id", CUSTOMERS, "customer_id", ("", "  "), "customer_id is missing"),
    Kind("blank_product_name", PRODUCTS, "product_name", ("", "   "), "product_name is blank"),
    Kind("missing_order_id", ORDERS, "order_id", ("", " "), "order_id is missing"),
    Kind(
        "unparseable_timestamp",
        ORDERS,
        "ordered_at",
        ("31/02/2024", "not a date", "2024-02-30 10:00:00"),
        "ordered_at is not a timestamp",
    ),
    Kind(
        "future_order",
        ORDERS,
        "ordered_at",
        ("2099-01-01 00:00:00", "2099-12-24 18:30:00"),
        "ordered_at is in the future",
    ),
    Kind(
        "unknown_customer",
        ORDERS,
        "customer_id",
        ("C9999999", "C9999998"),
        "customer_id is not in customers",
    ),
    Kind("duplicate_order", ORDERS, "order_id", (), "order_id is a duplicate", "duplicate"),
    Kind("missing_order_id", ORDER_ITEMS, "order_id", ("", " "), "order_id is missing"),
    Kind(
        "unknown_order",
        ORDER_ITEMS,
        "order_id",
        ("O99999999", "O99999998"),
        "order_id is not in orders",
    ),
    Kind("missing_product_id", ORDER_ITEMS, "product_id", ("", " "), "product_id is missing"),
    Kind(
        "unparseable_quantity",
        ORDER_ITEMS,
        "quantity",
        ("three", "2 pcs", "-"),
        "quantity is not a number",
    ),
    Kind("zero_quantity", ORDER_ITEMS, "quantity", ("0",), "quantity is not positive"),
    Kind("negative_price", ORDER_ITEMS, "unit_price", ("-4.99", "-0.01"), "unit_price is negative"),
    Kind("nan_price", ORDER_ITEMS, "unit_price", ("NaN", "nan"), "unit_price is not a number"),
    Kind(
        "infinite_price",
        ORDER_ITEMS,
        "unit_price",
        ("Infinity", "inf"),
        "unit_price is not finite",
    ),
    Kind(
        "return_of_unknown_order",
        RETURNS,
        "order_id",
        ("O99999999", "O99999998"),
        "order_id is not in orders",
        "returnable",
    ),
    Kind(
        "return_exceeds_purchase",
        RETURNS,
        "quantity",
        (),
        "quantity is more than was bought",
        "returnable",
    ),
    Kind(
        "return_before_sale",
        RETURNS,
        "returned_at",
        (),
        "returned_at is before ordered_at",
        "returnable",
    ),
)

CLEANED = (
    Noise("padded_customer_id", ORDERS, "customer_id", "kept: customer_id is trimmed"),
    Noise("padded_order_id", ORDER_ITEMS, "order_id", "kept: order_id is trimmed"),
    Noise("mixed_case_email", CUSTOMERS, "email", "kept: email is lower case"),
)


@dataclass(frozen=True)
class Dirty:
    """Files of a block with dirt, and the list of it with row numbers within the block."""

    files: dict[str, pd.DataFrame]
    rows: pd.DataFrame


def add_dirt(
    rng: np.random.Generator, files: dict[str, pd.DataFrame], block: int, per_kind: int
) -> Dirty:
    """Put `per_kind` rows of each kind into `files`, those of one block or the product file."""
    dirty, listed = dict(files), [pd.DataFrame(columns=list(DIRTY_COLUMNS))]
    for file, clean in files.items():
        noisy, noise = _make_noise(rng, file, clean, per_kind)
        rows, origin = _bad_rows(rng, file, files, block, per_kind)
        dirty[file], numbers = insert_rows(rng, noisy, rows, origin)
        listed.append(_listed(file, per_kind, numbers[len(noisy) :]))
        listed.append(noise.assign(row_number=numbers[noise["row_number"].astype(int)]))
    rows = pd.concat(listed, ignore_index=True)
    by_row = rows.sort_values(["file", "row_number"], kind="stable", ignore_index=True)
    return Dirty(dirty, by_row[list(DIRTY_COLUMNS)].astype({"row_number": int}))


def insert_rows(
    rng: np.random.Generator, clean: pd.DataFrame, extra: pd.DataFrame, origin: Ints
) -> tuple[pd.DataFrame, Ints]:
    """Mix `extra` into `clean`, each row somewhere after row `origin` of `clean`.

    Returns the mixed frame and the new 1-based row number of each row of clean, then of extra.
    """
    room = len(clean) - origin
    after = origin + np.floor(rng.random(len(extra)) * room).astype(np.int64)
    key = np.concatenate([np.arange(len(clean)), after + 0.5])
    order = np.argsort(key, kind="stable")
    numbers = np.empty(order.size, dtype=np.int64)
    numbers[order] = np.arange(1, order.size + 1)
    both = pd.concat([clean, extra], ignore_index=True)
    return both.iloc[order].reset_index(drop=True), numbers


def _make_noise(
    rng: np.random.Generator, file: str, frame: pd.DataFrame, per_kind: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Change `per_kind` rows per harmless kind; also lists them by 0-based row."""
    frame, listed = frame.copy(), []
    for noise in (noise for noise in CLEANED if noise.file == file):
        column = frame[noise.column].copy()
        filled = np.flatnonzero(column.to_numpy() != "")
        chosen = rng.choice(filled, min(per_kind, filled.size), replace=False)
        before = column.iloc[chosen]
        after = before.str.title() if noise.column == "email" else "  " + before + " "
        column.iloc[chosen] = after
        frame[noise.column] = column
        row = (file, noise.column, noise.name, "cleaned", noise.expected)
        listed += [(row[0], number, *row[1:]) for number in chosen]
    return frame, pd.DataFrame(listed, columns=list(DIRTY_COLUMNS))


def _bad_rows(
    rng: np.random.Generator, file: str, files: dict[str, pd.DataFrame], block: int, per_kind: int
) -> tuple[pd.DataFrame, Ints]:
    """All rejected rows of a file, and the clean row each must stay behind (-1: none)."""
    kinds = [kind for kind in REJECTED if kind.file == file]
    made = [_copies(rng, kind, files, per_kind) for kind in kinds]
    rows = pd.concat([frame for frame, _ in made], ignore_index=True)
    origin = np.concatenate([source for _, source in made])
    fresh = np.repeat([kind.source != "duplicate" for kind in kinds], per_kind)
    _give_own_ids(file, rows, fresh, block)
    for index, kind in enumerate(kinds):
        if kind.values:
            place = np.arange(index * per_kind, (index + 1) * per_kind)
            values = [kind.values[i % len(kind.values)] for i in range(per_kind)]
            rows.loc[place, kind.column] = values
    return rows, origin


def _copies(
    rng: np.random.Generator, kind: Kind, files: dict[str, pd.DataFrame], per_kind: int
) -> tuple[pd.DataFrame, Ints]:
    """`per_kind` copies of clean rows to spoil, and the rows they must stay behind."""
    if kind.source == "returnable":
        return _returns_to_spoil(rng, kind, files, per_kind), np.full(per_kind, -1)
    frame = files[kind.file]
    chosen = rng.integers(0, len(frame), per_kind)
    behind = chosen if kind.source == "duplicate" else np.full(per_kind, -1)
    return frame.iloc[chosen], behind.astype(np.int64)


def _give_own_ids(file: str, rows: pd.DataFrame, fresh: np.ndarray, block: int) -> None:
    """Number the rows in place, so that none is a duplicate by accident."""
    if file == ORDER_ITEMS:
        first = FIRST_DIRTY_LINE * (block + 1)
        numbers = [str(first + number) for number in range(len(rows))]
        rows["line_number"] = pd.Series(numbers, dtype="str")
        return
    key = FILE_COLUMNS[file][0]
    names = [f"{PREFIX[file]}{block:05d}{number:03d}" for number in range(len(rows))]
    own = pd.Series(names, dtype="str")
    rows[key] = rows[key].where(~fresh, own)


def _returns_to_spoil(
    rng: np.random.Generator, kind: Kind, files: dict[str, pd.DataFrame], per_kind: int
) -> pd.DataFrame:
    """Returns of one unit of lines of completed orders that nobody returned; then spoilt."""
    orders = files[ORDERS].loc[files[ORDERS]["status"] == "completed"]
    lines = files[ORDER_ITEMS].merge(orders[["order_id", "ordered_at"]], on="order_id")
    key = ["order_id", "line_number"]
    returned = pd.MultiIndex.from_frame(files[RETURNS][key])
    lines = lines.loc[~pd.MultiIndex.from_frame(lines[key]).isin(returned)]
    rows = lines.iloc[rng.integers(0, len(lines), per_kind)].reset_index(drop=True)
    sold_at = pd.to_datetime(rows["ordered_at"])
    days = -3 if kind.name == "return_before_sale" else 3
    if kind.name == "return_exceeds_purchase":
        rows["quantity"] = (rows["quantity"].astype(int) + NEVER_BOUGHT).astype("str")
    else:
        rows["quantity"] = "1"
    # No later than the newest order: a return from the future would be a second fault.
    newest = pd.Timestamp(orders["ordered_at"].max())
    returned_at = sold_at + pd.Timedelta(days=days)
    returned_at = returned_at.where(returned_at <= newest, newest)
    rows["returned_at"] = returned_at.dt.strftime("%Y-%m-%d %H:%M:%S")
    rows = rows.assign(return_id="", refund_amount=rows["unit_price"], reason="changed my mind")
    return rows[list(FILE_COLUMNS[RETURNS])]


def _listed(file: str, per_kind: int, numbers: Ints) -> pd.DataFrame:
    """Dirty rows of a file as the truth lists them, in the order in which they were made."""
    kinds = [kind for kind in REJECTED if kind.file == file for _ in range(per_kind)]
    rows = [
        (file, number, kind.column, kind.name, "rejected", kind.expected)
        for kind, number in zip(kinds, numbers, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(DIRTY_COLUMNS))


def undo_dirt(files: dict[str, pd.DataFrame], rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give back the clean files: without the rejected rows, trimmed and with e-mail in lower case.

    `rows` has the columns of truth/dirty_rows.csv and counts over the whole of `files`.
    """
    rejected = rows.loc[rows["outcome"] == "rejected"]
    clean = {}
    for file, frame in files.items():
        dropped = rejected.loc[rejected["file"] == file, "row_number"].to_numpy(dtype=np.int64) - 1
        kept = np.ones(len(frame), dtype=bool)
        kept[dropped] = False
        clean[file] = frame.loc[kept].reset_index(drop=True)
        for noise in (noise for noise in CLEANED if noise.file == file):
            column = clean[file][noise.column]
            clean[file][noise.column] = (
                column.str.lower() if noise.column == "email" else column.str.strip()
            )
    return clean
