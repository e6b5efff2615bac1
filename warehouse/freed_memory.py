"""Hand memory that was freed back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def hand_back() -> None:
    """Let the system have what a finished piece of work leaves behind.

    The C library of Linux keeps freed blocks for later, between others that are still in use, and
    the next piece of work often asks for sizes that do not fit them. Elsewhere nothing happens.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # Not every Linux has glibc.
        if trim is not None:
            trim(0)
