from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from ingest import blank_separated_input, csv_input
from ingest.blank_separated_input import BlankSeparatedInput
from ingest.contract import Column, Table, load_contract
from ingest.csv_header import parse_header
from ingest.inputs import Input
from ingest.matching import assign, table_of
from ingest.parquet_input import ParquetInput
from ingest.readers import file_sha256, open_input
from tests.embedded_help import PROJECT_DIR
from warehouse.errors import InputRefused

TABLE = Table(
    name="transactions",
    identifier="shop__transactions",
    files="*",
    layout="blanks",
    columns=(
        Column(name="who", header="customer", type="text"),
        Column(name="day", header="day", type="compact_date"),
        Column(name="paid", header="paid", type="numeric"),
    ),
)
LINES = b" 004 19970101   29.33\r\n 004 19970118  2\r\n 021 19970101\t63.34 \r\n"
AS_CSV = b"004,19970101,29.33\n004,19970118,2\n021,19970101,63.34\n"


def write(tmp_path: Path, content: bytes, name: str = "f.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def opened(path: Path, table: Table = TABLE, *, check_text: bool = True) -> Input:
    return open_input(path, table, check_text=check_text)


def read(path: Path, **options) -> bytes:
    return b"".join(opened(path, **options).blocks([]))


@pytest.mark.parametrize(
    "content",
    [
        LINES,
        LINES.replace(b"\r\n", b"\n"),
        LINES.replace(b"\r\n", b"\r"),
        LINES.rstrip(),
        LINES + b"\r\n \r\n\n"[:2],
        b"\xef\xbb\xbf" + LINES,
        LINES.replace(b" ", b"\t"),
        gzip.compress(LINES),
        gzip.compress(LINES[:30]) + gzip.compress(LINES[30:]),
    ],
    ids=["crlf", "lf", "cr", "no end", "blank end", "bom", "tabs", "gzip", "two members"],
)
def test_lines_become_csv_however_they_are_written(content, tmp_path):
    path = write(tmp_path, content)
    found = opened(path)
    assert isinstance(found, BlankSeparatedInput)
    assert (found.header, found.header_lines) == (("customer", "day", "paid"), 0)
    assert b"".join(found.blocks([])) == AS_CSV
    assert found.file_sha256 == file_sha256(path)
    assert found.bytes_done == path.stat().st_size
    found.close()


def test_same_rows_have_the_same_hash_and_other_rows_another(tmp_path):
    hashes = []
    for content in (LINES, gzip.compress(LINES.replace(b"\r\n", b"\n")), LINES[23:]):
        found = opened(write(tmp_path, content))
        assert found.content_sha256 == ""
        list(found.blocks([]))
        hashes.append(found.content_sha256)
    assert hashes[0] == hashes[1] != hashes[2]
    assert "" not in hashes


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 23, 24, 25])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_lines_cut_by_a_block_border_are_whole_again(size, end, tmp_path, monkeypatch):
    path = write(tmp_path, LINES.replace(b"\r\n", end))
    monkeypatch.setattr(csv_input, "BLOCK_BYTES", size)
    monkeypatch.setattr(blank_separated_input, "BLOCK_BYTES", size)
    assert read(path) == AS_CSV


def test_blocks_are_handed_on_as_they_fill(tmp_path, monkeypatch):
    monkeypatch.setattr(blank_separated_input, "BLOCK_BYTES", 20)
    blocks = list(opened(write(tmp_path, LINES)).blocks([]))
    assert [block for block in blocks if block] == [AS_CSV[:34], AS_CSV[34:]]


def test_quotes_and_commas_are_part_of_a_value(tmp_path):
    text = read(write(tmp_path, b'4 19970101 1\n"a,b 19970102 2\n\\. 19970103 3\n')).decode()
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ['"a,b', "19970102", "2"],
        ["\\.", "19970103", "3"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"4 19970101 1\n4 19970102\n",
            "f.txt: line 2 has 2 fields ('4 19970102'), where the contract has 3 "
            "(customer, day, paid), separated by blanks; check the export",
        ),
        (
            b"4 19970101 1 9\n",
            "f.txt: line 1 has 4 fields ('4 19970101 1 9'), where the contract has 3 "
            "(customer, day, paid), separated by blanks; check the export",
        ),
        (
            b"4,19970101,1\n",
            "f.txt: line 1 has 1 field ('4,19970101,1'), where the contract has 3 "
            "(customer, day, paid), separated by blanks; check the export",
        ),
        (b"4 19970101 1\n \t\n4 19970102 1\n", "f.txt: line 2: a blank line; remove it"),
        (b"\n4 19970102 1\n", "f.txt: line 1: a blank line; remove it"),
        (
            b"ID DATE DOLLARS\n4 19970101 1\n",
            "f.txt: line 1 (ID, DATE, DOLLARS) is a header or another table's row: files of table "
            "transactions have no header; remove the line",
        ),
        (b"\r\n\n\r\n", "f.txt: there are only blank lines; export it again"),
        (b"\xef\xbb\xbf", "f.txt: there are only blank lines; export it again"),
        (b"", "f.txt: the file is empty; export it again"),
        (gzip.compress(b""), "f.txt: the file is empty; export it again"),
        (
            gzip.compress(LINES * 99)[:60],
            "f.txt: the gzip file ends in the middle; copy it again completely",
        ),
        (b"4 19970101 1\n\xe9 19970101 1\n", "f.txt: line 2: byte 14 (0xe9) is not UTF-8"),
        (b"4 19970101 1\n4\0 19970101 1\n", "f.txt: line 2: byte 15 is NUL"),
    ],
    ids=[
        *("short", "long", "commas", "blank line", "blank first line", "header", "blank lines"),
        *("only a bom", "empty", "empty gzip", "cut gzip", "latin-1", "nul"),
    ],
)
def test_bad_file_is_refused_with_its_line(content, message, tmp_path):
    path = write(tmp_path, content)
    with pytest.raises(InputRefused) as refused:
        read(path)
    assert refused.value.message.startswith(message)
    assert "\n" not in refused.value.message


def test_line_without_an_end_is_not_gathered_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(blank_separated_input, "MAX_LINE_BYTES", 50)
    monkeypatch.setattr(csv_input, "BLOCK_BYTES", 10)
    path = write(tmp_path, b"4 19970101 1\n4 " + b"x" * 1000)
    with pytest.raises(InputRefused, match="line 2 does not end within a MiB"):
        read(path)


def test_first_line_with_one_bad_value_is_data(tmp_path):
    assert read(write(tmp_path, b"4 19970101 NaN\n")) == b"4,19970101,NaN\n"


def test_table_of_text_columns_cannot_tell_a_header(tmp_path):
    columns = tuple(column.model_copy(update={"type": "text"}) for column in TABLE.columns)
    table = TABLE.model_copy(update={"columns": columns})
    assert read(write(tmp_path, b"a b c\n"), table=table) == b"a,b,c\n"


def test_formats_with_a_header_of_their_own_are_read_as_ever(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"customer": ["4"]}), path)
    assert isinstance(opened(path), ParquetInput)


def test_first_cell_too_large_for_a_header_is_still_a_line():
    record = b"x" * 200_000 + b"\n"
    assert parse_header(record) == ("x" * 200_000,)


def test_text_files_in_folders_belong_to_sources_laid_out_so(tmp_path):
    for name in ("CDNOW_sample.txt", "more.TXT.gz", "notes.md", ".hidden.txt"):
        write(tmp_path, b"x", name)
    cdnow = load_contract(PROJECT_DIR, "cdnow")
    assert [item.path.name for item in assign(cdnow, [tmp_path], None)] == [
        "CDNOW_sample.txt",
        "more.TXT.gz",
    ]
    with pytest.raises(InputRefused, match=r"no file that is read \(.csv, .csv.gz, .parquet"):
        assign(load_contract(PROJECT_DIR, "online_retail"), [tmp_path], None)


def test_glob_fits_a_text_file_without_its_suffixes():
    source = load_contract(PROJECT_DIR, "cdnow")
    table = source.tables[0].model_copy(update={"files": "cdnow_sample"})
    other = source.model_copy(update={"tables": (table,)})
    assert table_of(other, Path("CDNOW_sample.txt.gz")) is table
