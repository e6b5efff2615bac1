from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from warehouse.freed_memory import hand_back

BLOCKS, BYTES = 300, 100_000  # Below the size from which the C library asks the system at once.


def held() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def test_it_can_be_called_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    hand_back()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_freed_blocks_between_others_go_back() -> None:
    blocks = [np.ones(BYTES, dtype=np.uint8) for _ in range(BLOCKS)]
    hand_back()
    before = held()
    del blocks[: BLOCKS - 1]
    hand_back()
    assert before - held() > BLOCKS * BYTES / 1024 / 2
