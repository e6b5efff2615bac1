"""Inputs that are refused as a whole: how each is made, the exit code, and what is said."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.integration.broken.files import HEADER, as_rows, order, orders, workbook

REFUSED, WRONG_USAGE = 4, 2
NAME = "orders of today.csv"


@dataclass(frozen=True)
class Broken:
    """One broken input."""

    make: Callable[[Path], list[str]]
    """Writes the input into a folder; returns the arguments of `clientele load shop`."""
    said: tuple[str, ...]
    """Parts of the message, the name of the file among them."""
    code: int = REFUSED
    is_in_ledger: bool = True
    """A path behind which there is no file to read leaves no line in the ledger."""


def _file(content: bytes | str, *said: str, name: str = NAME, options: tuple[str, ...] = ()):
    def make(folder: Path) -> list[str]:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [str(path), *options]

    shown = " ".join(name.replace("\x1b", " ").split())
    return Broken(make, (shown, *said))


def _path(make: Callable[[Path], list[str]], *said: str, code: int = REFUSED) -> Broken:
    return Broken(make, said, code, is_in_ledger=False)


def _parquet(columns: dict[str, list]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _fifo(folder: Path) -> list[str]:
    os.mkfifo(folder / "orders.csv")
    return [str(folder / "orders.csv")]


def _fifo_in_folder(folder: Path) -> list[str]:
    (folder / "customers.csv").write_text("customer_id\nC1\n")
    os.mkfifo(folder / "orders.csv")
    return [str(folder)]


def _loop(folder: Path) -> list[str]:
    (folder / "orders.csv").symlink_to(folder / "orders 2.csv")
    (folder / "orders 2.csv").symlink_to(folder / "orders.csv")
    return [str(folder / "orders.csv")]


def _dangling(folder: Path) -> list[str]:
    (folder / "customers.csv").write_text("customer_id\nC1\n")
    (folder / "orders.csv").symlink_to(folder / "moved away.csv")
    return [str(folder)]


def _unsupported(folder: Path) -> list[str]:
    (folder / "orders.docx").write_bytes(b"PK\x03\x04")
    (folder / "orders.txt").write_text(orders())
    return [str(folder)]


def _unfitting(folder: Path) -> list[str]:
    (folder / "march.csv").write_text(orders())
    return [str(folder / "march.csv")]


def _unreadable(folder: Path) -> list[str]:
    path = folder / "orders.csv"
    path.write_text(orders())
    path.chmod(0)
    return [str(path)]


def _mojibake_name(folder: Path) -> list[str]:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/orders \xff.csv"))
    path.write_text(orders())
    return [str(path)]


PACKED = gzip.compress(orders(*(order(at) for at in range(1, 500))).encode())
GOOD = orders()
WIDE = [f"c{at}" for at in range(5_000 - 5)]
SWAPPED = "order_id,customer_id,currency,ordered_at,status"

CASES: dict[str, Broken] = {
    # Compression
    "truncated gzip": _file(PACKED[:-20], "ends in the middle", "copy it again"),
    "damaged gzip": _file(PACKED[:60] + b"\xff" * 9 + PACKED[69:], "damaged", "copy it again"),
    "gzip in gzip": _file(gzip.compress(PACKED), "unpack it first", name="orders.csv.gz"),
    "gzip with something behind it": _file(PACKED + b"more", "damaged", "copy it again"),
    # Encoding
    "latin-1": _file(
        orders(order(1, status="année")).encode("latin-1"), "line 2", "not UTF-8", "iconv"
    ),
    "utf-16": _file(GOOD.encode("utf-16"), "UTF-16", "iconv -f utf-16 -t utf-8"),
    "utf-16 without a mark": _file(GOOD.encode("utf-16-le"), "NUL", "iconv"),
    "NUL bytes": _file(GOOD.replace("O2", "O\0"), "line 3", "NUL"),
    # Structure of the lines
    "semicolons": _file(GOOD.replace(",", ";"), "separated by semicolons", "with commas"),
    "tabs": _file(GOOD.replace(",", "\t"), "separated by tabs", "with commas"),
    "vertical bars": _file(GOOD.replace(",", "|"), "separated by vertical bars", "with commas"),
    "quote that never closes": _file(
        orders(order(1), order(2, order_id='"O2'), order(3)), "quote is opened", "never closed"
    ),
    "inch marks": _file(
        orders(order(1), order(2, customer_id='pipe 5"'), order(3, customer_id='pipe 6"')),
        *("line 3", "a quote inside a value", "double the quotes"),
    ),
    "quotes escaped by backslashes": _file(
        orders(order(1), order(2, customer_id='"5\\" pipe"'), order(3, customer_id='"6\\" pipe"')),
        *("line 3", "a quote inside a value", "double the quotes"),
    ),
    "quote in the header that never closes": _file('"' + GOOD * 10_000, "header does not end"),
    "too few fields": _file(orders(order(1), "O2,,2024-03-01"), "line 3", "ends before column"),
    "too many fields": _file(orders(order(1), order(2) + ",x"), "line 3", "more values than"),
    "trailing comma on every line": _file(
        GOOD.replace("\n", ",\n"), "1 column without a name", "a comma at the end of every line"
    ),
    "trailing comma below the header": _file(
        GOOD.replace("\n", ",\n").replace("status,", "status", 1),
        "line 2",
        "a comma too many",
        "remove it",
    ),
    "blank line in the middle": _file(orders(order(1), "", order(2)), "line 3", "blank line"),
    "mixed line ends": _file(GOOD + order(4) + "\r\n" + order(5), "mixes kinds of line ends; save"),
    "comment first": _file(f"# made by hand\n{GOOD}", "remove what stands above the line"),
    "Excel's sep line": _file(
        f"sep=;\n{GOOD.replace(',', ';')}", "remove the first line", "commas", "Excel"
    ),
    # Header
    "no header": _file("\n".join(GOOD.splitlines()[1:]), "put a line with the column names first"),
    "header only": _file(HEADER + "\n", "a header but no rows", "leave the file out"),
    "duplicate header": _file(
        orders(header=HEADER.replace("status", " Order_ID ")), "order_id more than once", "keep one"
    ),
    "extra column": _file(
        orders(order() + ",red", header=HEADER + ",colour"), "colour", "--allow-extra-columns"
    ),
    "missing required column": _file(
        orders("O1,,2024-03-01,completed", header="order_id,customer_id,ordered_at,status"),
        *("required column currency missing", "add it to the export"),
    ),
    "names that are right are no misspelt ones": _file(
        orders("O1,", header="order_id,customer_id"),
        *("required columns ordered_at, currency", "add them to the export"),
    ),
    "misspelt header": _file(
        orders(header=HEADER.replace("currency", "curency")), "rename 'curency' to 'currency'?"
    ),
    "header with a line break": _file(
        orders(header=HEADER.replace("currency", '"cur\nrency"')), "required column currency"
    ),
    "5,000 columns": _file(
        orders(",".join([order(), *WIDE]), header=",".join([HEADER, *WIDE])),
        *("4,995 columns unknown", "c0, c1", "more", "--allow-extra-columns"),
    ),
    "5,000 columns, to be left out": _file(
        orders(",".join([order(), *WIDE]), header=",".join([HEADER, *WIDE])),
        *("5,000 columns, over the limit", "export only those of table orders"),
        options=("--allow-extra-columns",),
    ),
    # Values
    "columns swapped under the header": _file(
        orders(header=SWAPPED), "ordered_at should hold timestamps", "no columns were swapped"
    ),
    "dates of another country": _file(
        orders(order(1, ordered_at="31.12.2024"), order(2, ordered_at="30.12.2024")),
        *("ordered_at should hold timestamps", "row 1: '31.12.2024'", "YYYY-MM-DD"),
    ),
    "required column left blank": _file(
        orders(order(1, order_id=""), order(2, order_id=" "), order(3)), "order_id must be filled"
    ),
    "record of 10 MB where a date should be": _file(
        orders(order(1, ordered_at="x" * 10_000_000)), "ordered_at should hold timestamps", "xxx..."
    ),
    # Files of another kind
    "empty file": _file(b"", "the file is empty", "export it again"),
    "image": _file(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "an image", "export the table as CSV"),
    "web page": _file("<!DOCTYPE html><html>Sign in</html>", "web page", "download the export"),
    "JSON array": _file('[{"order_id": "O1"}]', "JSON"),
    "old Excel workbook": _file(b"\xd0\xcf\x11\xe0" + b"\0" * 50, ".xls", "save it as .xlsx"),
    "text named like a workbook": _file(
        "dear customer\nhow are you\n",
        *("named like an Excel workbook", "text without any column of table orders"),
        name="orders.xlsx",
    ),
    "semicolons named like a workbook": _file(
        GOOD.replace(",", ";"), "separated by semicolons", name="orders.xlsx"
    ),
    "text named like Parquet": _file("a\nb\n", "named like a Parquet file", name="orders.parquet"),
    "damaged workbook": _file(
        workbook(orders=as_rows(GOOD))[:-40], "workbook cannot be read", name="orders.xlsx"
    ),
    "workbook of two sheets": _file(
        workbook(January=as_rows(GOOD), February=as_rows(GOOD)),
        *("sheets January, February hold rows", "name one of them orders"),
        name="orders.xlsx",
    ),
    "workbook with a blank header cell": _file(
        workbook(orders=[[*HEADER.split(","), ""], ["O1", "", "2024-03-01", "EUR", "test", "?"]]),
        *("1 column without a name", "name them"),
        name="orders.xlsx",
    ),
    "workbook with merged header cells": _file(
        workbook(orders=[["order_id", "", "ordered_at", "", "status"], *as_rows(order())]),
        *("required column currency missing", "fill the blank cells of the header"),
        name="orders.xlsx",
    ),
    "workbook without rows": _file(
        workbook(orders=[]), "the header has no name at all", name="orders.xlsx"
    ),
    "Parquet with a nested column": _file(
        _parquet({"order_id": ["O1"], "ordered_at": [["2024-03-01"]], "currency": ["EUR"]}),
        *("ordered_at holds list", "one plain value a row"),
        name="orders.parquet",
    ),
    # Names and paths
    "name of quotes, percent signs and a line break": _file(
        "x\n1\n", "put a line with the column names first", name="orders '%s\" {0}\n100%.csv"
    ),
    "name that moves the cursor": _file(
        "x\n1\n", "put a line with the column names first", name="orders\x1b[2J.csv"
    ),
    "name that is not UTF-8": _path(_mojibake_name, "orders \\udcff.csv", "rename the file"),
    "missing file": _path(lambda folder: [str(folder / "nowhere.csv")], "no such file"),
    "name that is too long": _path(lambda folder: [str(folder / ("o" * 300))], "cannot be read"),
    "name that fits no table": _path(_unfitting, "march.csv", "fits no table", "--table"),
    "folder of nothing": _path(lambda folder: [f"{folder}/"], "holds no file that is read"),
    "folder of other files": _path(_unsupported, "holds no file that is read", ".parquet"),
    "pipe": _path(_fifo, "orders.csv", "not a regular file"),
    "pipe in a folder": _path(_fifo_in_folder, "orders.csv", "not a regular file"),
    "links in a circle": _path(_loop, "orders.csv", "a link that leads to no file"),
    "link in a folder that leads nowhere": _path(_dangling, "orders.csv", "leads to no file"),
    "file without the right to read it": _path(_unreadable, "orders.csv", "check its rights"),
    # Usage
    "no file": _path(lambda folder: [], "name the files to load", code=WRONG_USAGE),
    "unknown table": _path(
        lambda folder: [*_unfitting(folder), "--table", "sales"], "no table 'sales'", code=2
    ),
    "unfit shop name": _path(
        lambda folder: [*_unfitting(folder), "--name", "My Shop"], "cannot name a shop", code=2
    ),
    "name of another source": _path(
        lambda folder: [*_unfitting(folder), "--name", "online_retail"], "another source", code=2
    ),
}
