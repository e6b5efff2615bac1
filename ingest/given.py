"""What a person names on the command line: paths, and URLs that have to be downloaded first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def is_url(text: str) -> bool:
    """Tell whether a text on the command line is a URL and no path."""
    return "://" in text


@contextmanager
def given_paths(
    given: Sequence[str | Path], home_dir: Path, progress: Callable[[str, int, int], None]
) -> Iterator[list[Path]]:
    """Yield a path for each path or URL, in their order; downloads are deleted at the end.

    Args:
        given: paths, and http or https URLs; texts, since a Path makes "https:/" of "https://".
        home_dir: downloads lie in a folder of it.
        progress: told how much of each download arrived.

    Raises:
        UsageError: a URL that is none, or of another scheme.
        InputRefused: a URL that cannot be downloaded as a whole.
    """
    if not any(is_url(str(one)) for one in given):
        yield [Path(one) for one in given]
        return
    # Only here: a load of files needs no library for the web.
    from ingest.urls import local_paths  # noqa: PLC0415

    with local_paths(given, home_dir, progress) as paths:
        yield paths
