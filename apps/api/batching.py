"""Requests that come at the same time are predicted together.

A pipeline takes hardly longer for ten rows than for one. Under load many requests are read in one
turn of the event loop; what they ask is predicted in one go at the end of it. Nobody waits for
others: a request that comes alone is answered alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from apps.api.served import Served

Features = dict[str, Any]
Answer = dict[str, Any]
PredictRows = Callable[[Served, date, Sequence[Features]], list[Answer]]


@dataclass(frozen=True)
class Waiting:
    """A row that waits for its answer."""

    served: Served
    as_of: date
    features: Features
    answer: asyncio.Future[Answer]


class Batcher:
    """Collects the rows of one turn of the event loop and predicts them in one go."""

    def __init__(self, predict: PredictRows) -> None:
        """Keep how to predict: a function that gives one answer per row."""
        self._predict = predict
        self._waiting: list[Waiting] = []

    async def predict(self, served: Served, as_of: date, features: Features) -> Answer:
        """Return the answer for one row.

        Raises:
            Exception: whatever predicting raised.
        """
        loop = asyncio.get_running_loop()
        row = Waiting(served, as_of, features, loop.create_future())
        self._waiting.append(row)
        if len(self._waiting) == 1:
            loop.call_soon(self._flush)
        return await row.answer

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []

        def group(row: Waiting) -> tuple[int, date]:
            return id(row.served), row.as_of

        for _, rows in groupby(sorted(waiting, key=group), key=group):
            self._answer(list(rows))

    def _answer(self, rows: list[Waiting]) -> None:
        first = rows[0]
        try:
            answers = self._predict(first.served, first.as_of, [row.features for row in rows])
        except Exception as error:
            for row in rows:
                _settle(row.answer, error)
            return
        for row, answer in zip(rows, answers, strict=True):
            _settle(row.answer, answer)


def _settle(future: asyncio.Future[Answer], result: Answer | Exception) -> None:
    # Whoever has gone away in the meantime gets nothing.
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
