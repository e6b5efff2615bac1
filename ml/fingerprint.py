"""Whether two trainings are the same: the data, the configuration and the code, hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

LIBRARIES = ("scikit-learn", "lightgbm", "numpy", "scipy", "statsforecast", "implicit")


def frame_digest(frame: pd.DataFrame) -> str:
    """sha256 over the values, column names and types of a frame; the index does not count."""
    digest = hashlib.sha256(json.dumps([[n, str(t)] for n, t in frame.dtypes.items()]).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


class RowDigest:
    """A digest of rows that come in chunks; neither their order nor their chunks count."""

    def __init__(self) -> None:
        self.sum = 0
        self.rows = 0

    def update(self, frame: pd.DataFrame) -> None:
        """Add the rows of a frame: the sum of a 64-bit hash of each row."""
        hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
        self.sum = (self.sum + int(hashes.sum(dtype="uint64"))) % 2**64
        self.rows += len(frame)

    def hexdigest(self, names: Sequence[str]) -> str:
        """`rows_digest` of the rows so far."""
        return rows_digest(self.sum, self.rows, names)


def rows_digest(total: int, rows: int, names: Sequence[str]) -> str:
    """sha256 over the sum of the hashes of rows, their number and the names of the columns."""
    content = json.dumps([total, rows, list(names)])
    return hashlib.sha256(content.encode()).hexdigest()


def training_fingerprint(frame: pd.DataFrame, parameters: dict[str, Any]) -> str:
    """sha256 over everything that decides what a training gives."""
    parts = [
        frame_digest(frame),
        json.dumps(parameters, sort_keys=True, default=str),
        code_digest(),
    ]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


@cache
def code_digest() -> str:
    """sha256 over this package's files and the versions of the libraries that fit."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library}={version(library)}".encode())
    return digest.hexdigest()
