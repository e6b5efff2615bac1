"""The home folder of the embedded server: made once, whoever asks for it at the same time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from warehouse.embedded_layout import prepare_home
from warehouse.errors import DatabaseUnavailable

RACERS = 8
ROUNDS = 50


@pytest.fixture
def closed_umask() -> Iterator[None]:
    """New folders are private unless somebody says otherwise."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_many_may_make_it_at_once(tmp_path: Path, closed_umask: None) -> None:
    start = Barrier(RACERS)

    def mode_found(home: Path) -> int:
        start.wait()
        prepare_home(home)
        return stat.S_IMODE(home.stat().st_mode)

    homes = [tmp_path / f"shop {number}" / "home" for number in range(ROUNDS)]
    with ThreadPoolExecutor(RACERS) as racers:
        modes = [set(racers.map(mode_found, [home] * RACERS)) for home in homes]
    assert modes == [{0o755}] * ROUNDS
    assert sorted(tmp_path.glob("*/*")) == sorted(homes)


def test_what_others_put_into_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process makes it, and a file in it, after we looked and before we made ours."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "postgres.lock").touch()
    monkeypatch.setattr(Path, "exists", lambda path: False)
    prepare_home(home)
    assert os.listdir(tmp_path) == ["home"]
    assert os.listdir(home) == ["postgres.lock"]


def test_a_file_that_comes_between_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    monkeypatch.setattr(Path, "exists", lambda path: False)
    with pytest.raises(DatabaseUnavailable, match="cannot make the folder"):
        prepare_home(home)
    assert home.read_text() == "a file"
    assert os.listdir(tmp_path) == ["home"]
