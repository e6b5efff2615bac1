"""What a damaged gzip file means to whoever wanted to load it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.errors import InputRefused


@contextmanager
def refuse_damage(name: str) -> Iterator[None]:
    """Turn what gzip raises inside the block into a refusal.

    Raises:
        InputRefused: the file is cut short or damaged.
    """
    try:
        yield
    except EOFError:
        raise InputRefused(
            f"{name}: the gzip file ends in the middle; copy it again completely"
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputRefused(f"{name}: the gzip file is damaged ({error}); copy it again") from None
