from __future__ import annotations

import threading
from collections.abc import Iterator

import pandas as pd
import pytest

from ml.frames import read_ahead

PATIENCE = 20


def test_the_next_frame_is_read_while_one_is_worked_on() -> None:
    second_is_read = threading.Event()

    def frames() -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"n": [1]})
        second_is_read.set()
        yield pd.DataFrame({"n": [2]})

    seen = []
    for frame in read_ahead(frames()):
        # With nobody reading ahead the second would wait for this body to end.
        assert second_is_read.wait(PATIENCE)
        seen.append(int(frame["n"].iloc[0]))
    assert seen == [1, 2]


def test_nothing_to_read_is_nothing() -> None:
    assert list(read_ahead(iter(()))) == []


def test_an_error_of_the_reader_is_the_error() -> None:
    def frames() -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"n": [1]})
        raise ValueError("the server is gone")

    read = read_ahead(frames())
    assert len(next(read)) == 1
    with pytest.raises(ValueError, match="the server is gone"):
        next(read)
