"""What was measured so far, in a file: a benchmark that is stopped goes on where it was."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

Found = dict[str, Any]


class Journal:
    """Results by size and step. Each is written to the disk as soon as it is known."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content: dict[str, dict[str, Found]] = {}
        if path.exists():
            self.content = json.loads(path.read_text("utf-8"))

    def of(self, size: str) -> dict[str, Found]:
        """The results of one size by step."""
        return self.content.get(size, {})

    def note(self, size: str, name: str, found: Found) -> None:
        """Keep the result of a step."""
        self.content.setdefault(size, {})[name] = found
        self._write()

    def forget(self, size: str) -> None:
        """Drop the results of a size."""
        if self.content.pop(size, None) is not None:
            self._write()

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".tmp")
        beside.write_text(json.dumps(self.content, indent=1) + "\n", "utf-8")
        os.replace(beside, self.path)
