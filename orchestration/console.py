"""What a person sees while a job runs: progress on a terminal, one line per step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rich.console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

LOG_WIDTH = 120
WORTH_SAYING_SECONDS = 0.2

Advance = Callable[[int, int], None]
"""Called with what is done and what there is in all."""
FileAdvance = Callable[[str, int, int], None]
"""Called with a file's name, what is done of it and how large it is."""


class Console:
    """Writes to standard output. Progress bars appear only on a terminal."""

    def __init__(self, output: rich.console.Console | None = None) -> None:
        self.output = output or rich.console.Console(highlight=False)
        if not self.output.is_terminal:
            # A log or a pipe has no width of its own, and a table squeezed into 80 cannot be read.
            self.output.width = max(self.output.width, LOG_WIDTH)

    def say(self, text: str, style: str | None = None) -> None:
        """Print a line as it stands: a name in brackets is no markup."""
        self.output.print(text, style=style, markup=False, emoji=False, soft_wrap=True)

    @contextmanager
    def working(self, title: str) -> Iterator[None]:
        """Show that something without a measure is under way."""
        with self._bar(title, TextColumn("")):
            yield

    @contextmanager
    def count_progress(self, title: str) -> Iterator[Advance]:
        """Show progress in things; yields the function that moves it."""
        with self._bar(title, MofNCompleteColumn()) as advance:
            yield lambda done, total: advance(done, total, title)

    @contextmanager
    def file_progress(self, title: str) -> Iterator[FileAdvance]:
        """Show progress in the bytes of one file after the other; yields what moves it."""
        with self._bar(title, DownloadColumn()) as advance:
            yield lambda name, done, total: advance(done, total, f"{title} ({name})")

    @contextmanager
    def _bar(
        self, title: str, measure: ProgressColumn
    ) -> Iterator[Callable[[int, int, str], None]]:
        started = time.monotonic()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            measure,
            TimeElapsedColumn(),
        )
        shown = self.output.is_terminal
        with Progress(*columns, console=self.output, transient=True, disable=not shown) as progress:
            task = progress.add_task(title, total=None)

            def advance(done: int, total: int, text: str) -> None:
                progress.update(task, completed=done, total=total, description=text)

            yield advance
        seconds = time.monotonic() - started
        if seconds >= WORTH_SAYING_SECONDS:
            self.output.print(f"{title:<28}[dim]{seconds:6.1f} s[/dim]")
