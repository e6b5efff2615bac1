"""What the server finds in the text of a file, and what the size of a file spares us."""

from __future__ import annotations

import gzip
import hashlib
import secrets
from pathlib import Path

import pytest

from ingest import landing
from ingest.inputs import BLOCK_BYTES
from ingest.landing import load_files
from tests.load_help import HEADER, csv_text, execute, line, make_tables, query
from warehouse.errors import ClienteleError, InputRefused

COUNT = "select count(*) from raw.online_retail__lines"
LEDGER = "select state, message, file_bytes, file_sha256 from raw.load_batches order by batch_id"
LINES = 2 * BLOCK_BYTES // len(line()) + 2
"""So many that Python does not look at the last ones, but the server does."""
BAD_TEXT = {
    "latin-1": (b"caf\xe9", "(0xe9) is not UTF-8; save the file as UTF-8"),
    "NUL": (b"a\0b", "is NUL, so this is no text; if it is UTF-16"),
    "surrogate": (b"\xed\xa0\x80", "(0xed) is not UTF-8"),
    "over-long": (b"\xc0\xaf", "(0xc0) is not UTF-8"),
}


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """Names of the files that were read for their hash alone."""
    seen: list[str] = []
    original = landing.file_sha256

    def watched(path: Path) -> str:
        seen.append(path.name)
        return original(path)

    monkeypatch.setattr(landing, "file_sha256", watched)
    return seen


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("case", BAD_TEXT)
def test_bad_text_far_behind_the_header_is_told_by_line_and_byte(case, pack, load, db, tmp_path):
    bad, said = BAD_TEXT[case]
    good = csv_text(*[line()] * LINES).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(pack(good + line(Description="@").encode().replace(b"@", bad) + b"\n"))
    with pytest.raises(InputRefused) as refused:
        load(path)
    first = next(at for at, byte in enumerate(bad) if byte == 0 or byte > 127)
    at = len(good) + line(Description="@").index("@") + first + 1
    assert refused.value.message.startswith(f"a.csv: line {LINES + 2}: byte {at:,} ")
    assert said in refused.value.message
    assert query(db, COUNT) == [(0,)]


def test_bad_text_in_a_column_that_is_left_out(load, tmp_path):
    path = tmp_path / "a.csv"
    rows = [line() + ",red"] * LINES
    text = "\n".join([HEADER + ",Colour", *rows]).encode()
    path.write_bytes(text + b"\xff\n")
    with pytest.raises(InputRefused, match=f"line {LINES + 1}: byte .*0xff"):
        load(path, allow_extra_columns=True)


def test_server_that_stores_any_bytes_leaves_the_check_to_us(settings, tmp_path):
    name = f"clientele_ascii_{secrets.token_hex(4)}"
    execute(
        settings,
        f"create database {name} encoding 'SQL_ASCII' locale 'C' template template0",
    )
    try:
        info = settings.connection.model_copy(update={"dbname": name, "kind": "server"})
        made = settings.with_connection(info)
        make_tables(made, tmp_path)
        path = tmp_path / "a.csv"
        path.write_bytes(csv_text(*[line()] * LINES).encode() + b"caf\xe9,")
        with pytest.raises(InputRefused, match=f"line {LINES + 2}: byte .*0xe9"):
            load_files(made, "online_retail", [path])
    finally:
        execute(settings, f"drop database {name} with (force)")


def test_size_and_hashes_are_in_the_ledger(load, db, hashed, tmp_path):
    content = csv_text().encode()
    packed = gzip.compress(csv_text(line(3)).encode())
    for name, written in (("a.csv", content), ("b.csv.gz", packed)):
        (tmp_path / name).write_bytes(written)
    load(tmp_path)
    assert [row[2:] for row in query(db, LEDGER)] == [
        (len(content), hashlib.sha256(content).hexdigest()),
        (len(packed), hashlib.sha256(packed).hexdigest()),
    ]
    assert hashed == []


def test_file_offered_again_is_hashed_and_not_loaded(load, db, hashed, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text(csv_text())
    load(path)
    monkeypatch.setattr(landing, "land", lambda *_: pytest.fail("was loaded again"))
    assert load(path)[0].state == "already loaded"
    assert hashed == ["a.csv"]
    assert len(query(db, LEDGER)) == 1


def test_other_content_of_the_same_size_loads(load, db, hashed, tmp_path):
    for name, number in (("a.csv", 1), ("b.csv", 2)):
        (tmp_path / name).write_text(csv_text(line(number)))
    assert [result.state for result in load(tmp_path)] == ["loaded", "loaded"]
    assert hashed == ["b.csv"]
    assert query(db, COUNT) == [(2,)]


def test_batch_without_a_size_is_still_known(load, db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(csv_text())
    load(path)
    execute(db, "update raw.load_batches set file_bytes = null")
    assert load(path)[0].state == "already loaded"


def test_refused_file_is_in_the_ledger_with_size_and_hash(load, db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("<html>")
    with pytest.raises(InputRefused):
        load(path)
    assert query(db, LEDGER)[0][2:] == (6, hashlib.sha256(b"<html>").hexdigest())


def test_ledger_of_an_earlier_version_names_the_command_that_mends_it(load, db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(csv_text())
    execute(db, "alter table raw.load_batches rename file_bytes to elsewhere")
    try:
        with pytest.raises(ClienteleError, match=r"lacks file_bytes; run 'clientele build'"):
            load(path)
    finally:
        execute(db, "alter table raw.load_batches rename elsewhere to file_bytes")
