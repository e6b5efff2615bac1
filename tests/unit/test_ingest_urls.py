"""URLs become files on disk, whole or not at all, and the files go away afterwards."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.download import checked_url, shown
from ingest.urls import DOWNLOADS, files_among, local_paths
from tests.embedded_help import PROJECT_DIR
from tests.web_help import QUICK, Answer, folder_server, web_server
from warehouse.errors import InputRefused, UsageError

DATA = b"a,b\n1,2\n"


def silent(name: str, done: int, total: int) -> None:
    pass


def downloaded(tmp_path: Path, *urls: str) -> dict[str, bytes]:
    """What is on disk while the block runs: relative name and content."""
    with local_paths(urls, tmp_path, silent, QUICK) as paths:
        files = [f for path in paths for f in (sorted(path.iterdir()) if path.is_dir() else [path])]
        found = {file.name: file.read_bytes() for file in files}
    assert list((tmp_path / DOWNLOADS).iterdir()) == []
    return found


@contextmanager
def answering(*answers: Answer):
    """A server that gives these answers in turn, the last one for ever."""
    left = list(answers)
    with web_server(lambda _: left.pop(0) if len(left) > 1 else left[0]) as server:
        yield server


def refusal(tmp_path: Path, url: str) -> str:
    with (
        pytest.raises((InputRefused, UsageError)) as refused,
        local_paths([url], tmp_path, silent, QUICK),
    ):
        pytest.fail("it was downloaded")
    assert not any((tmp_path / DOWNLOADS).glob("*"))
    assert "\n" not in refused.value.message
    return refused.value.message


def test_paths_pass_through_in_their_order(tmp_path):
    with local_paths(["a.csv", Path("b")], tmp_path, silent) as paths:
        assert paths == [Path("a.csv"), Path("b")]
    assert not (tmp_path / DOWNLOADS).exists()


def test_file_keeps_its_name_and_progress_is_told(tmp_path):
    told = []
    with (
        answering(Answer(DATA)) as server,
        local_paths(
            ["x.csv", f"{server.url}/e/two%20words.csv?token=s", f"{server.url}/f/two%20words.csv"],
            tmp_path,
            lambda *args: told.append(args),
            QUICK,
        ) as paths,
    ):
        assert [path.name for path in paths] == ["x.csv", "two words.csv", "two words.csv"]
        assert [path.read_bytes() for path in paths[1:]] == [DATA, DATA]
    assert told == [("two words.csv", 8, 8)] * 2
    assert server.asked == ["/e/two%20words.csv?token=s", "/f/two%20words.csv"]


def test_folder_as_python_serves_it(tmp_path):
    folder = tmp_path / "served"
    (folder / "exports" / "deeper").mkdir(parents=True)
    for name in ("b.csv", "a & ü.csv.gz", "c.jsonl", "notes.md", ".hidden.csv", "deeper/x.csv"):
        (folder / "exports" / name).write_bytes(name.encode())
    (folder / "outside.csv").write_bytes(b"")
    expected = {name: name.encode() for name in ("a & ü.csv.gz", "b.csv", "c.jsonl")}
    with folder_server(folder) as url:
        assert downloaded(tmp_path, f"{url}/exports/") == expected
        assert downloaded(tmp_path, f"{url}/exports") == expected
        assert "404 File not found; check the address" in refusal(tmp_path, f"{url}/nothing/")
        (folder / "outside.csv").unlink()
        assert "links to no file in this folder that is read" in refusal(tmp_path, f"{url}/")


def test_links_of_an_index():
    links = [
        "?C=M;O=D",
        "../",
        "/exports/",
        "a.csv",
        "/exports/b.csv.gz?v=2",
        "http://other/exports/c.csv",
        "deeper/d.csv",
        "%2e%2e%2fe.csv",
        "F.CSV",
        "..%5Cg.csv",
        "/exportsh.csv",
        "http://[broken/h.csv",
    ]
    found = list(files_among("http://host/exports/", links))
    assert found == [
        "http://host/exports/a.csv",
        "http://host/exports/b.csv.gz",
        "http://host/exports/F.CSV",
    ]


def test_server_that_is_busy_is_asked_again_and_as_late_as_it_wishes(tmp_path):
    busy = Answer(status=429, headers={"Retry-After": "1"})
    started = time.monotonic()
    with answering(busy, Answer(status=503), Answer(DATA)) as server:
        assert downloaded(tmp_path, f"{server.url}/a.csv") == {"a.csv": DATA}
        assert len(server.asked) == 3
    assert time.monotonic() - started >= 1


def test_connection_that_breaks_is_begun_again(tmp_path):
    with answering(Answer(DATA, cut_after=3), Answer(DATA)) as server:
        assert downloaded(tmp_path, f"{server.url}/a.csv") == {"a.csv": DATA}
    with answering(Answer(DATA, cut_after=3)) as server:
        message = refusal(tmp_path, f"{server.url}/a.csv")
    assert "broke after 3 of 8 bytes, in each of 3 tries" in message


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
def test_compression_on_the_way_is_not_that_of_the_file(encoding, tmp_path):
    packed = gzip.compress(DATA)
    on_the_way = Answer(packed, headers={"Content-Encoding": encoding})
    with answering(on_the_way) as server:
        assert downloaded(tmp_path, f"{server.url}/a.csv") == {"a.csv": DATA}
    with answering(Answer(packed, headers={"Content-Type": "application/gzip"})) as server:
        assert downloaded(tmp_path, f"{server.url}/a.csv.gz") == {"a.csv.gz": packed}
    cut = Answer(packed, headers={"Content-Encoding": encoding}, cut_after=len(packed) - 4)
    with answering(cut) as server:
        assert "broke after" in refusal(tmp_path, f"{server.url}/a.csv")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404), "the server answers 404 Not Found; check the address"),
        (Answer(status=401), "401 Unauthorized; it wants a login: download the file by hand"),
        (Answer(status=500), "500 Internal Server Error, in each of 3 tries; try again later"),
        (Answer(status=302, headers={"Location": "/a.csv"}), "more than 5 redirects"),
        (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "neither http nor https"),
        (Answer(DATA, wait_seconds=9), "does not answer"),
        (Answer(status=429, headers={"Retry-After": "soon"}), "InvalidHeader"),
    ],
)
def test_each_failure_is_one_line_without_secrets(answer, said, tmp_path, caplog):
    with answering(answer) as server:
        url = server.url.replace("://", "://me:secret@")
        message = refusal(tmp_path, f"{url}/a.csv?token=secret")
    assert message.startswith(f"{server.url}/a.csv: ")
    assert said in message
    assert "secret" not in message + caplog.text


def test_nobody_there(tmp_path):
    message = refusal(tmp_path, "http://127.0.0.1:1/a.csv")
    assert "cannot be reached (Connection refused); check the address and the network" in message
    assert "no such host" in refusal(tmp_path, "http://nowhere.invalid/a.csv")


def test_redirect_keeps_the_name_that_was_asked_for(tmp_path):
    def respond(request):
        if request.path == "/blob/17":
            return Answer(DATA, headers={"Content-Disposition": 'attachment; filename="b.csv"'})
        return Answer(status=302, headers={"Location": "/blob/17"})

    with web_server(respond) as server:
        assert list(downloaded(tmp_path, f"{server.url}/latest.csv")) == ["latest.csv"]
        assert list(downloaded(tmp_path, f"{server.url}/latest")) == ["b.csv"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://host/a.csv", "ftp:// is not read from"),
        ("file:///etc/passwd", "file:// is not read from"),
        ("s3://bucket/a.csv", "s3:// is not read from"),
        ("http:///a.csv", "names no host"),
        ("http://host:port/a.csv", "is no URL"),
    ],
)
def test_other_schemes_are_refused(url, said, tmp_path):
    assert said in refusal(tmp_path, url)


def test_url_without_secrets():
    assert shown("https://me:pw@host:8/a%20b?sig=x") == "https://host:8/a%20b"
    assert checked_url(" HTTPS://host/a#b ") == "https://host/a"


HOLD = """
import sys, time
from pathlib import Path
from ingest.urls import local_paths
with local_paths([sys.argv[1]], Path(sys.argv[2]), lambda *args: None) as paths:
    print(paths[0], flush=True)
    time.sleep(60)
"""


def test_killed_download_is_swept_away_by_the_next_and_a_living_one_is_not(tmp_path):
    with answering(Answer(DATA)) as server:
        url = f"{server.url}/a.csv"
        command = [sys.executable, "-c", HOLD, url, str(tmp_path)]
        others = [
            subprocess.Popen(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        held = [Path(other.stdout.readline().strip()) for other in others]
        os.kill(others[0].pid, signal.SIGKILL)
        others[0].wait()
        assert held[0].exists()
        try:
            with local_paths([url], tmp_path, silent, QUICK):
                assert [path.exists() for path in held] == [False, True]
        finally:
            others[1].kill()
            others[1].wait()
