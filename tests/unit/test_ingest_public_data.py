"""A public data set is stored when it is the known one, and only then."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from ingest import public_data
from ingest.public_data import PUBLIC_DATA, PublicFile, fetch
from tests.web_help import QUICK, Answer, web_server
from warehouse.errors import InputRefused, UsageError

CONTENT = b"the known content" * 1000
KNOWN = PublicFile(
    host="https://data.invalid",
    archive="/static/some+data.zip",
    member="Some Data.xlsx",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    source="online_retail",
    about="some data",
)


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    monkeypatch.setitem(PUBLIC_DATA, "some_data", KNOWN)


def archive(content: bytes = CONTENT, member: str = KNOWN.member) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(member, content)
    return sink.getvalue()


def fetched(folder: Path, base_url: str | None) -> public_data.Fetched:
    return fetch("some_data", folder, lambda *args: None, base_url, QUICK)


def test_second_call_downloads_nothing(tmp_path):
    with web_server(lambda _: Answer(archive())) as server:
        first = fetched(tmp_path / "new", server.url)
        again = fetched(tmp_path / "new", server.url)
        assert server.asked == ["/static/some+data.zip"]
    assert (first.is_new, again.is_new) == (True, False)
    assert first.path == again.path == tmp_path / "new" / "Some Data.xlsx"
    assert first.path.read_bytes() == CONTENT
    assert list((tmp_path / "new").iterdir()) == [first.path]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (archive(CONTENT[:-1] + b"!"), "the SHA-256 of 'Some Data.xlsx' is "),
        (archive(CONTENT + b"!"), "is not of the 17,000 bytes that are known"),
        (archive(CONTENT[:-1]), "is not of the 17,000 bytes that are known"),
        (archive(member="other"), "'Some Data.xlsx' is not in it"),
        (b"<html>", "it cannot be unpacked"),
        (archive()[:60] + b"\xff" * 30 + archive()[90:], "it cannot be unpacked"),
    ],
)
def test_another_content_stores_nothing(body, said, tmp_path):
    with (
        web_server(lambda _: Answer(body)) as server,
        pytest.raises(InputRefused) as refused,
    ):
        fetched(tmp_path, server.url)
    assert said in refused.value.message
    assert "nothing was stored" in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_file_of_another_content_is_not_replaced(tmp_path):
    (tmp_path / "Some Data.xlsx").write_bytes(b"mine")
    with pytest.raises(InputRefused, match="another file of this name is there"):
        fetched(tmp_path, "http://127.0.0.1:1")
    assert (tmp_path / "Some Data.xlsx").read_bytes() == b"mine"


def test_offline_says_where_the_file_is_to_be_had(tmp_path):
    with pytest.raises(InputRefused) as refused:
        fetched(tmp_path, None)
    message = refused.value.message
    assert message.startswith(
        "https://data.invalid/static/some+data.zip: cannot be reached (no such host, or no network)"
    )
    assert "by hand: open https://data.invalid/static/some+data.zip in a browser" in message
    assert list(tmp_path.iterdir()) == []


def test_unknown_name_and_folder_that_cannot_be_made(tmp_path):
    with pytest.raises(UsageError, match="no public data set 'x' is known: there is online_retail"):
        fetch("x", tmp_path, lambda *args: None)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputRefused, match="cannot be written"):
        fetched(tmp_path / "file" / "folder", None)


def test_known_addresses():
    assert PUBLIC_DATA["online_retail"].url() == (
        "https://archive.ics.uci.edu/static/public/352/online+retail.zip"
    )
