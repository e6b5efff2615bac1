"""Making the next thing while one is worked on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from warehouse.ahead import made_ahead


def test_all_come_in_their_order() -> None:
    assert list(made_ahead(range(5))) == [0, 1, 2, 3, 4]
    assert list(made_ahead([])) == []


def test_the_next_is_made_while_one_is_worked_on_and_no_more() -> None:
    made: list[int] = []
    second = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(4):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    ahead = made_ahead(numbers())
    assert next(ahead) == 0
    assert second.wait(10)
    assert made == [0, 1]
    assert list(ahead) == [1, 2, 3]


def test_what_is_raised_while_one_is_made_comes_after_those_before() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise ValueError("no second")

    ahead = made_ahead(numbers())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="no second"):
        next(ahead)


def test_whoever_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    ahead = made_ahead(iter(range(100)))
    next(ahead)
    ahead.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
