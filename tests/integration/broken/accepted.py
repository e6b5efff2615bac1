"""Inputs that look broken and are not: how each is made, and the rows that have to land."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.integration.broken.files import HEADER, as_rows, order, orders, workbook

Row = tuple[str | None, ...]

GOOD = orders()
THREE: list[Row] = [(f"O{at}", None, "2024-03-01 10:00:00", "EUR", "completed") for at in (1, 2, 3)]


@dataclass(frozen=True)
class Odd:
    """One odd input of the orders, or with `columns` of another table."""

    make: Callable[[Path], list[str]]
    rows: list[Row]
    said: tuple[str, ...] = ()
    """Parts of what is on screen."""
    table: str = "orders"
    columns: str = HEADER


def _file(
    content: bytes | str,
    rows: list[Row] | None = None,
    name: str = "orders.csv",
    options: tuple[str, ...] = (),
    said: tuple[str, ...] = (),
) -> Odd:
    def make(folder: Path) -> list[str]:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [str(path), *options]

    return Odd(make, THREE if rows is None else rows, said)


def _names(*names: str) -> Odd:
    """Customers of these names, which have to be kept to the letter."""

    def make(folder: Path) -> list[str]:
        lines = [f'C{at},"{name.replace(chr(34), 2 * chr(34))}"' for at, name in enumerate(names)]
        text = "\n".join(["customer_id,full_name", *lines]) + "\n"
        (folder / "customers.csv").write_text(text, newline="")
        return [str(folder / "customers.csv")]

    rows: list[Row] = [(f"C{at}", name) for at, name in enumerate(names)]
    return Odd(make, rows, table="customers", columns="customer_id,full_name")


def _twice(folder: Path) -> list[str]:
    (folder / "orders.csv").write_text(GOOD)
    (folder / "orders (1).csv").write_text(GOOD)
    (folder / "orders of march.csv.gz").write_bytes(gzip.compress(GOOD.encode()))
    return [str(folder)]


def _link(folder: Path) -> list[str]:
    (folder / "export").write_text(GOOD)
    (folder / "orders.csv").symlink_to(folder / "export")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    return [str(folder)]


def _parquet(folder: Path) -> list[str]:
    names = HEADER.split(",")
    rows = [[value or None for value in row] for row in as_rows(GOOD)[1:]]
    columns = dict(
        zip(
            names,
            (pa.array(values, pa.string()) for values in zip(*rows, strict=True)),
            strict=True,
        )
    )
    sink = io.BytesIO()
    pq.write_table(pa.table(columns | {"tags": [["a"], [], None]}), sink)
    (folder / "orders.csv").write_bytes(sink.getvalue())
    return [str(folder / "orders.csv"), "--allow-extra-columns"]


LONG = "Ann " + "x" * 10_000_000

CASES: dict[str, Odd] = {
    "byte order mark": _file(b"\xef\xbb\xbf" + GOOD.encode()),
    "byte order mark before a quote": _file(
        b"\xef\xbb\xbf" + GOOD.replace("order_id", '"order_id"', 1).encode()
    ),
    "CRLF": _file(GOOD.replace("\n", "\r\n")),
    "lone CR": _file(GOOD.replace("\n", "\r")),
    "no line end at the end": _file(GOOD.rstrip("\n")),
    "blank lines at the end": _file(GOOD + "\r\n\n\n"),
    "other order of the columns": _file(
        "\n".join(",".join(reversed(row)) for row in as_rows(GOOD)) + "\n"
    ),
    "header in capitals with blanks": _file(
        orders(header=" Order_ID , CUSTOMER_ID,ordered_at ,Currency,Status")
    ),
    "every value quoted": _file(
        "\n".join(",".join(f'"{v}"' if v else "" for v in row) for row in as_rows(GOOD))
    ),
    "blanks around quotes": _file(
        GOOD.replace("EUR", ' "EUR" ').replace("O1", '"O1"\t'),
        [
            ("O1\t", *THREE[0][1:3], " EUR ", "completed"),
            *((row[0], *row[1:3], " EUR ", "completed") for row in THREE[1:]),
        ],
    ),
    "doubled quotes": _file(
        orders(order(1, customer_id='"5"" pipe"'), order(2, customer_id='""""')),
        [("O1", '5" pipe', *THREE[0][2:]), ("O2", '"', *THREE[1][2:])],
    ),
    "gzip of several parts": _file(
        gzip.compress(GOOD[:40].encode()) + gzip.compress(GOOD[40:].encode()), name="orders.csv.gz"
    ),
    "gzip without the suffix": _file(gzip.compress(GOOD.encode())),
    "workbook named .csv": _file(workbook(anything=as_rows(GOOD))),
    "workbook with notes on another sheet": _file(
        workbook(notes=[["read me"]], Orders=as_rows(GOOD)), name="orders.xlsx"
    ),
    "CSV named .xlsx": _file(GOOD, name="orders.xlsx"),
    "Parquet named .csv, a nested column left out": Odd(_parquet, THREE, ("left out tags",)),
    "extra column left out": _file(
        orders(*(order(at) + ",red" for at in (1, 2, 3)), header=HEADER + ",colour"),
        options=("--allow-extra-columns",),
        said=("left out colour",),
    ),
    "optional columns that are not there": _file(
        "order_id,ordered_at,currency\nO1,2024-03-01,EUR\n",
        [("O1", None, "2024-03-01", "EUR", None)],
        said=(
            "orders without status: Every order counts as completed.",
            "orders without shipping_amount: Shipping is null: unknown, not zero.",
        ),
    ),
    "line end inside a value": _file(
        orders(order(1, customer_id='"first\nsecond"'), order(2)),
        [("O1", "first\nsecond", *THREE[0][2:]), THREE[1]],
    ),
    "name of unicode, quotes and percent signs": _file(
        GOOD,
        name="orders [bold] :warning: 100% 'Größe' %s {0} 訂單.csv",
        said=("訂單", ":warning:"),
    ),
    "the same under other names": Odd(_twice, THREE, ("1 of 3 files were new",)),
    "folder with a link to itself": Odd(_link, THREE),
    "names of many scripts": _names(
        "Zoë Ünlü 👩‍👩‍👧",
        "שָׁלוֹם עולם",
        "مريم عبد الله",
        "李小龙",
        "O'Brien",
        "e\u0301 and é",
        "\u202eRTL",
    ),
    "values that a spreadsheet would run": _names(
        "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tTab", "'=1"
    ),
    "values that a database would run": _names(
        "'; drop table raw.shop__orders; --", "Robert'); DELETE FROM x;", "$$%s{}\\x", "\\N", "\\."
    ),
    "value of 10 MB": _names(LONG),
}
