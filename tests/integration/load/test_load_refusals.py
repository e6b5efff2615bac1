"""Files that do not fit are refused: one line with the file and a remedy, and nothing stored."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.load_help import HEADER, csv_text, execute, line, query
from warehouse.errors import ClienteleError, InputRefused, UsageError

ROWS = "select count(*) from raw.online_retail__lines"
LEDGER = "select source_file, state, message, row_count from raw.load_batches order by batch_id"

GOOD = csv_text().encode()
PACKED = gzip.compress(csv_text(*(line(at) for at in range(1, 500))).encode())


def parquet(**columns: list) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def archive() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr("a.csv", "x")
    return sink.getvalue()


def swapped(*names: str) -> bytes:
    """The header with some columns renamed: old, new, old, new."""
    header = HEADER
    for old, new in zip(names[::2], names[1::2], strict=True):
        header = header.replace(old, new)
    return (header + "\n" + line() + "\n").encode()


BROKEN = {
    "empty": (b"", ["the file is empty", "export it again"]),
    "empty gzip": (gzip.compress(b""), ["empty"]),
    "header only": ((HEADER + "\n").encode(), ["header but no rows"]),
    "header without line end": (HEADER.encode(), ["header but no rows"]),
    "html": (b"<!DOCTYPE html><html><body>Sign in</body></html>", ["web page", "download"]),
    "json": (b'[{"InvoiceNo": 1}]', ["JSON array", "JSON lines", "or as CSV"]),
    "pdf": (b"%PDF-1.7 ...", ["PDF", "CSV"]),
    "zip": (archive(), ["zip archive", "unpack"]),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, [".xls", ".xlsx"]),
    "bzip2": (b"BZh91AY&SY", ["bzip2", "gzip"]),
    "utf-16": (csv_text().encode("utf-16"), ["UTF-16", "iconv -f utf-16"]),
    "utf-16 without mark": (csv_text().encode("utf-16-le"), ["NUL", "iconv"]),
    "binary": (GOOD + b"\x00\x01\x02", ["line 4", "NUL"]),
    "latin-1": (
        csv_text(line(1), line(2, Description="CAFÉ")).encode("latin-1"),
        ["line 3", "0xc9", "not UTF-8", "iconv -f latin1 -t utf-8"],
    ),
    "cut character": (GOOD[:-1] + "é".encode()[:1], ["not UTF-8"]),
    "truncated gzip": (PACKED[:-20], ["gzip file ends in the middle", "copy it again"]),
    "damaged gzip": (PACKED[:60] + b"\xff" * 9 + PACKED[69:], ["gzip file is damaged"]),
    "gzip checksum": (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], ["gzip file is damaged"]),
    "gzip in gzip": (gzip.compress(PACKED), ["unpack it"]),
    "damaged parquet": (b"PAR1" + b"\x07" * 100 + b"PAR1", ["Parquet file cannot be read"]),
    "semicolons": (GOOD.replace(b",", b";"), ["separated by semicolons", "with commas"]),
    "tabs": (GOOD.replace(b",", b"\t"), ["separated by tabs"]),
    "bars": (GOOD.replace(b",", b"|"), ["separated by vertical bars"]),
    "no header": ((line(1) + "\n" + line(2) + "\n").encode(), ["missing", "column names first"]),
    "renamed": (
        swapped("Quantity", "Quantty"),
        ["required column Quantity missing", "rename 'Quantty' to 'Quantity'?"],
    ),
    "two missing": (swapped("Quantity", "a", "UnitPrice", "b"), ["Quantity, UnitPrice missing"]),
    "duplicate": (swapped("Country", "quantity"), ["Quantity more than once"]),
    "extra": (
        (HEADER + ",Colour,Size\n" + line() + ",red,L\n").encode(),
        ["2 columns", "Colour, Size", "_online_retail__sources.yml", "--allow-extra-columns"],
    ),
    "unclosed header": (b'"' + GOOD * 20_000, ["header does not end", "quote"]),
    "too many values": (
        csv_text(line(1), line(2) + ",x", line(3)).encode(),
        ["line 3", "more values than the header"],
    ),
    "too few values": (
        csv_text(line(1), "536365,85123A", line(3)).encode(),
        ["line 3", "ends before column Description"],
    ),
    "blank line": (csv_text(line(1), "", line(3)).encode(), ["line 3", "blank line; remove it"]),
    "unclosed quote": (
        csv_text(line(1), line(2, Description='"WHITE'), line(3)).encode(),
        ["a quote is opened", "never closed"],
    ),
    "mixed line ends": (
        GOOD + line(3).encode() + b"\r\n" + line(4).encode(),
        ["mixes kinds of line ends"],
    ),
    "words for numbers": (
        csv_text(*(line(at, Quantity="six") for at in range(1, 101)), line(101)).encode(),
        ["Quantity should hold integers", "99% of 101 values", "row 1: 'six'", "row 3: 'six'"],
    ),
    "thousands separators": (
        csv_text(line(1, UnitPrice='"1,200.00"'), line(2, UnitPrice='"3,400.00"')).encode(),
        ["UnitPrice should hold numbers", "without thousands separators"],
    ),
    "american dates": (
        csv_text(line(1, InvoiceDate="12/1/2010 8:26")).encode(),
        ["InvoiceDate should hold timestamps", "YYYY-MM-DD"],
    ),
    "mostly blank": (
        csv_text(line(1, StockCode=""), line(2, StockCode=" "), line(3)).encode(),
        ["StockCode must be filled", "66% of 3 rows", "rows 1, 2"],
    ),
    "parquet without rows": (
        parquet(**{name: pa.array([], pa.string()) for name in HEADER.split(",")}),
        ["header but no rows"],
    ),
    "nested parquet": (
        parquet(**{name: [[1]] for name in HEADER.split(",")}),
        ["InvoiceNo holds list", "one plain value"],
    ),
    "parquet with NUL": (
        parquet(**{name: ["a\0b"] for name in HEADER.split(",")}),
        ["NUL character"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file_is_refused(case, load, db, tmp_path):
    content, fragments = BROKEN[case]
    path = tmp_path / "export of today.csv"
    path.write_bytes(content)
    with pytest.raises(InputRefused) as refused:
        load(path)
    message = refused.value.message
    assert message.startswith("export of today.csv: ")
    assert "\n" not in message
    assert [part for part in fragments if part not in message] == [], message
    assert query(db, ROWS) == [(0,)]
    assert [row[:3] for row in query(db, LEDGER)] == [(path.name, "refused", message)]


def test_refused_batch_tells_its_row_count_and_the_next_file_loads(load, db, tmp_path):
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text(csv_text(*(line(at, Quantity="x") for at in range(7))))
    good.write_bytes(GOOD)
    with pytest.raises(InputRefused):
        load(bad)
    assert [result.batch_id for result in load(good)] == [2]
    assert [(row[1], row[3]) for row in query(db, LEDGER)] == [("refused", 7), ("loaded", 2)]


def test_corrected_file_loads_under_the_same_name(load, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "\n")
    with pytest.raises(InputRefused):
        load(path)
    path.write_bytes(GOOD)
    assert load(path)[0].state == "loaded"


def test_files_before_the_refused_one_stay(load, db, tmp_path):
    for name, content in (("a", GOOD), ("b", b""), ("c", GOOD + line(9).encode())):
        (tmp_path / f"{name}.csv").write_bytes(content)
    with pytest.raises(InputRefused, match=r"b\.csv: .*the file before it stays loaded"):
        load(tmp_path)
    assert query(db, ROWS) == [(2,)]


def test_good_file_after_bad_one_in_the_same_checks(load, db, tmp_path):
    """The expectations are reused from file to file: each must see its own batch only."""
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text(csv_text(*(line(at) for at in range(100))))
    bad.write_text(csv_text(line(1, Quantity="x")))
    with pytest.raises(InputRefused, match="100% of 1 value"):
        load(good, bad)
    assert query(db, ROWS) == [(100,)]


@pytest.mark.parametrize(
    ("make", "fragments"),
    [
        (lambda path: None, ["no such file", "check the name"]),
        (lambda path: path.mkdir(), ["holds no file that is read", ".parquet"]),
        (os.mkfifo, ["not a regular file"]),
    ],
)
def test_path_that_is_no_file(make, fragments, load, db, tmp_path):
    path = tmp_path / "orders.csv"
    make(path)
    with pytest.raises(InputRefused) as refused:
        load(path)
    assert [part for part in fragments if part not in refused.value.message] == []
    assert query(db, LEDGER) == []


def test_nothing_loads_when_one_of_the_paths_is_wrong(load, db, tmp_path):
    good = tmp_path / "good.csv"
    good.write_bytes(GOOD)
    with pytest.raises(InputRefused):
        load(good, tmp_path / "missing.csv")
    assert query(db, ROWS) == [(0,)]


def test_unknown_source_and_table(load, db, tmp_path):
    path = tmp_path / "good.csv"
    path.write_bytes(GOOD)
    with pytest.raises(UsageError, match="has no table 'nope': it has lines"):
        load(path, table="nope")


def test_missing_table_names_the_command_that_makes_it(load, db, tmp_path):
    path = tmp_path / "good.csv"
    path.write_bytes(GOOD)
    execute(db, "alter table raw.online_retail__lines rename to elsewhere")
    try:
        with pytest.raises(ClienteleError, match=r"online_retail__lines .*run 'clientele build'"):
            load(path)
    finally:
        execute(db, "alter table raw.elsewhere rename to online_retail__lines")


def test_message_is_the_same_after_a_file_changed_while_read(load, db, tmp_path: Path):
    path = tmp_path / "growing.csv"
    path.write_bytes(GOOD)

    def grow(name: str, done: int, total: int) -> None:
        with path.open("ab") as file:
            file.write(line(5).encode() + b"\n")

    with pytest.raises(InputRefused, match="changed while it was read"):
        load(path, progress=grow)
    assert query(db, ROWS) == [(0,)]
