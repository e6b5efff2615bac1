"""Lines without a header whose fields are separated by blanks, into the table that declares so."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.landing import BatchResult, load_files
from tests.load_help import query
from warehouse.errors import InputRefused

LINES = " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118 12  129.73\r\n"
CONTENT = """
select _row_number, master_id, sample_id, transaction_date, cd_count, dollar_amount
from raw.cdnow__transactions order by _batch_id, _row_number
"""


@pytest.fixture
def load_cdnow(db) -> Callable[..., list[BatchResult]]:
    """`load_files` into cdnow."""

    def run(*paths: Path, **options) -> list[BatchResult]:
        return load_files(db, "cdnow", paths, **options)

    return run


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def test_fields_land_as_they_are_written(load_cdnow, db, tmp_path):
    write(tmp_path, "a.txt", LINES)
    write(
        tmp_path,
        "b.txt",
        ' 5 2 19970101\t1 "1,5"\n 5 2 19970102 1 \\N\n 5 2 19970103 1 2\n 5 2 19970104 1 3',
    )
    write(tmp_path, "read.me", "not read")
    results = load_cdnow(tmp_path)
    assert [(r.path.name, r.state, r.row_count) for r in results] == [
        ("a.txt", "loaded", 2),
        ("b.txt", "loaded", 4),
    ]
    assert query(db, CONTENT) == [
        (1, "00004", "0001", "19970101", "2", "29.33"),
        (2, "00004", "0001", "19970118", "12", "129.73"),
        (1, "5", "2", "19970101", "1", '"1,5"'),
        (2, "5", "2", "19970102", "1", "\\N"),
        (3, "5", "2", "19970103", "1", "2"),
        (4, "5", "2", "19970104", "1", "3"),
    ]


def test_same_rows_land_once_however_they_are_written(load_cdnow, db, tmp_path):
    first = write(tmp_path, "a.txt", LINES)
    other = write(tmp_path, "b.txt", LINES.replace("\r\n", "\n").replace("  ", "\t") + "\n\n")
    packed = tmp_path / "c.txt.gz"
    packed.write_bytes(gzip.compress(first.read_bytes()))
    states = [result.state for result in load_cdnow(first, first, other, packed)]
    assert states == ["loaded", "already loaded", "already loaded", "already loaded"]
    assert len(query(db, CONTENT)) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINES + " 00004 0001 19970802  14.96\r\n", "f.txt: line 3 has 4 fields"),
        (LINES + LINES + " 4 1 19970802 1 14.96 x\r\n", "f.txt: line 5 has 6 fields"),
        (LINES + "\r\n" + LINES, "f.txt: line 3: a blank line; remove it"),
        ("ID SAMPLE DATE CDS DOLLARS\r\n" + LINES, "f.txt: line 1 (ID, SAMPLE, DATE, CDS,"),
        (
            " 4 1 2 19970101 29.33\r\n 4 1 1 19970102 29.33\r\n",
            "f.txt: column date should hold dates of eight digits, but 100% of 2 values do not "
            "(row 1: '2', row 2: '1'); write dates as YYYYMMDD",
        ),
        ("4,1,19970101,2,29.33\r\n", "f.txt: line 1 has 1 field ('4,1,19970101,2,29.33')"),
        ("\r\n", "f.txt: there are only blank lines"),
        ("", "f.txt: the file is empty"),
    ],
    ids=["short", "long", "blank", "header", "swapped", "commas", "blank lines", "empty"],
)
def test_bad_file_is_refused_and_nothing_of_it_stays(text, message, load_cdnow, db, tmp_path):
    path = write(tmp_path, "f.txt", text)
    with pytest.raises(InputRefused) as refused:
        load_cdnow(path)
    assert refused.value.message.startswith(message)
    assert query(db, CONTENT) == []
    assert query(db, "select state from raw.load_batches") == [("refused",)]


def test_bytes_that_are_no_utf8_are_found_at_their_line(load_cdnow, tmp_path):
    path = tmp_path / "f.txt"
    path.write_bytes(LINES.encode() + b" 4 1 19970101 1 \xe9\r\n")
    with pytest.raises(InputRefused, match=r"line 3: byte 83 \(0xe9\) is not UTF-8"):
        load_cdnow(path)
