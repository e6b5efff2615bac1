from __future__ import annotations

import gzip
import hashlib
import threading
import time

import pyarrow as pa
import pytest

from ingest import csv_input
from ingest.copy_stream import QUEUED_BLOCKS, ReadAhead
from ingest.csv_header import line_count, parse_header, take_record
from ingest.csv_input import CsvInput, without_trailing_blank_lines
from ingest.end_marker import refuse_end_marker
from ingest.parquet_input import as_text
from ingest.readers import file_sha256
from ingest.text_check import TextCheck
from warehouse.errors import InputRefused

TEXT = "a,b\nÜ,漢字\n🛍,x\n".encode()


def feed(check: TextCheck, content: bytes, size: int) -> None:
    for block in in_blocks(content, size):
        check.feed(block)


def in_blocks(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


@pytest.mark.parametrize("size", range(1, len(TEXT) + 1))
def test_characters_cut_by_a_block_border_are_whole_again(size):
    check = TextCheck("f")
    feed(check, TEXT, size)
    check.finish()


BAD = "a,b\nÜ,1\n".encode() + b"caf\xe9,2\n" + TEXT


@pytest.mark.parametrize("size", range(1, len(BAD) + 1))
def test_wrong_encoding_is_found_at_its_line_and_byte_whatever_the_blocks(size):
    check = TextCheck("f.csv")
    with pytest.raises(InputRefused) as refused:
        feed(check, BAD, size)
    assert refused.value.message.startswith("f.csv: line 3: byte 13 (0xe9) is not UTF-8; ")


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_nul_byte_is_found_at_its_line_and_byte(size):
    check = TextCheck("f.csv")
    with pytest.raises(InputRefused, match="line 2: byte 6 is NUL"):
        feed(check, b"a,b\nx\0y", size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("content", "record", "rest"),
    [
        (b"a,b\n1,2\n", b"a,b\n", b"1,2\n"),
        (b"a,b\r\n1,2\r\n", b"a,b\r\n", b"1,2\r\n"),
        (b"a,b\r1,2\r", b"a,b\r", b"1,2\r"),
        (b"\xef\xbb\xbfa,b\n1", b"a,b\n", b"1"),
        (b'"a\nx","b""\n"\n1', b'"a\nx","b""\n"\n', b"1"),
        (b"a,b", b"a,b", b""),
        (b"a,b\r", b"a,b\r", b""),
    ],
)
def test_header_record_ends_where_its_quotes_allow(content, record, rest, size):
    blocks = iter(in_blocks(content, size))
    taken, after = take_record("f", blocks)
    assert (taken, after + b"".join(blocks)) == (record, rest)


def test_header_cells_and_the_lines_they_take():
    assert parse_header(b'a," b ","c,""d""\nx"\r\n') == ("a", "b", 'c,"d"\nx')
    assert [line_count(r) for r in (b"a", b"a\n", b"a\r\n", b'"a\n\nb"\n')] == [1, 1, 1, 3]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"1\n2\n\n\r\n", b"1\n2"),
        (b"1\n\n2\n", b"1\n\n2"),
        (b"\n\n1", b"\n\n1"),
        (b"\n\n", b""),
        (b"", b""),
    ],
)
def test_blank_lines_are_dropped_at_the_end_only(content, kept, size):
    assert b"".join(without_trailing_blank_lines(iter(in_blocks(content, size)))) == kept


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_csv_passes_through_and_its_hash_is_of_the_unpacked_content(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(csv_input, "BLOCK_BYTES", 7)
    path = tmp_path / "f"
    path.write_bytes(pack(b"\xef\xbb\xbf" + TEXT))
    opened = CsvInput(path, gzipped=pack is gzip.compress)
    assert (opened.header, opened.header_lines) == (("a", "b"), 1)
    assert b"".join(opened.blocks([])) == TEXT[4:-1]
    assert opened.content_sha256 == hashlib.sha256(b"\xef\xbb\xbf" + TEXT).hexdigest()
    assert opened.file_sha256 == file_sha256(path)
    assert opened.bytes_done == path.stat().st_size
    opened.close()


def test_gzip_of_several_members_is_read_to_its_end(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(b"a\n1\n") + gzip.compress(b"2\n") + b"\0" * 99)
    opened = CsvInput(path, gzipped=True)
    assert b"".join(opened.blocks([])) == b"1\n2"
    assert opened.file_sha256 == file_sha256(path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_text_after_the_header_is_checked_on_request(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(csv_input, "BLOCK_BYTES", 4)
    path = tmp_path / "f.csv"
    path.write_bytes(pack(BAD))
    gzipped = pack is gzip.compress
    unchecked = CsvInput(path, gzipped=gzipped, check_text=False)
    assert b"".join(unchecked.blocks([])) == BAD[4:-1]
    with pytest.raises(InputRefused, match="line 3: byte 13"):
        list(CsvInput(path, gzipped=gzipped).blocks([]))


@pytest.mark.parametrize("header", [b"a\0,b\n", b"caf\xe9,b\n"])
def test_header_is_checked_in_any_case(header, tmp_path):
    """The server never sees it."""
    path = tmp_path / "f.csv"
    path.write_bytes(header + b"1,2\n")
    with pytest.raises(InputRefused, match="line 1: byte"):
        CsvInput(path, gzipped=False, check_text=False)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"1\n\\.\n2\n", True),
        (b"1\r\n\\.\r\n2", True),
        (b"\\.\n1", True),
        (b"1\n\\.", True),
        (b"1\\.\n2", False),
        (b"1\n\\.x\n\\\\.\n", False),
    ],
)
def test_end_marker_of_older_servers(content, refused, size):
    blocks = refuse_end_marker("f", iter(in_blocks(content, size)))
    if refused:
        with pytest.raises(InputRefused, match="end of the data"):
            list(blocks)
    else:
        assert b"".join(blocks) == content


def test_reading_ahead_keeps_order_and_ends_once():
    seen: list[int] = []
    stream = ReadAhead(iter([b"a", b"", b"bc"]), lambda: seen.append(1))
    assert [stream.read(1) for _ in range(4)] == [b"a", b"bc", b"", b""]
    stream.close()
    assert stream.failure is None


def test_reading_ahead_is_bounded_and_stops_on_close():
    taken: list[int] = []

    def endless():
        while True:
            taken.append(1)
            yield b"x"

    stream = ReadAhead(endless(), lambda: None)
    time.sleep(0.3)
    assert len(taken) <= QUEUED_BLOCKS + 1
    stream.close()
    assert all(thread.name != "read-ahead" for thread in threading.enumerate())


def test_failure_while_reading_ahead_reaches_the_reader():
    def broken():
        yield b"a"
        raise InputRefused("cut short")

    stream = ReadAhead(broken(), lambda: None)
    assert stream.read() == b"a"
    with pytest.raises(InputRefused, match="cut short"):
        stream.read()
    assert isinstance(stream.failure, InputRefused)
    stream.close()


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (
            [0, 1_500_000, None],
            pa.timestamp("us"),
            ["1970-01-01 00:00:00", "1970-01-01 00:00:01.5", None],
        ),
        ([0], pa.timestamp("s"), ["1970-01-01 00:00:00"]),
        ([1], pa.timestamp("ns"), ["1970-01-01 00:00:00"]),
        ([36_000], pa.timestamp("s", tz="Asia/Tokyo"), ["1970-01-01 10:00:00"]),
        ([0], pa.date32(), ["1970-01-01"]),
        (
            [1e-7, -2.5e30, 0.1, None],
            pa.float64(),
            ["0.0000001", "-2500000000000000000000000000000", "0.1", None],
        ),
        ([True, None], pa.bool_(), ["true", None]),
        (["e", "", None], pa.string(), ["e", "", None]),
        ([2**62], pa.int64(), ["4611686018427387904"]),
    ],
)
def test_arrow_values_as_text(values, kind, texts):
    assert as_text(pa.array(values, kind)).to_pylist() == texts
