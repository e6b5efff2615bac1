"""Read whole results and append whole frames, at the speed of COPY."""

from __future__ import annotations

from warehouse.bulk_read import KeptConnections, packed, read_arrow, read_chunks, read_frame
from warehouse.bulk_write import append_frame, append_frames

__all__ = [
    "KeptConnections",
    "append_frame",
    "append_frames",
    "packed",
    "read_arrow",
    "read_chunks",
    "read_frame",
]
