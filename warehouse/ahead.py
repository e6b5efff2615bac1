"""Work on one thing while the next is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")


def made_ahead(things: Iterable[Thing]) -> Iterator[Thing]:
    """Yield things, none of them None, while a thread makes the next one.

    One is made ahead, so memory holds two. What is raised while one is made is raised here in its
    turn.
    """
    left = iter(things)
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(next, left, None)
        while (thing := ahead.result()) is not None:
            ahead = pool.submit(next, left, None)
            yield thing
