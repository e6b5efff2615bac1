"""API keys: made once, shown once, stored as a hash, refused once they are revoked.

`api.keys` is append-only: a row for a key that was made, another for one that was revoked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from warehouse.errors import DatabaseUnavailable
from warehouse.pool import Pool

Scope = Literal["read", "predict", "admin", "personal"]
SCOPES: tuple[Scope, ...] = ("read", "predict", "admin", "personal")
MARK = "clk"
ID_BYTES, SECRET_BYTES = 6, 32
NEWEST = """
select distinct on (key_id) key_id, key_hash, scopes, label, is_revoked, recorded_at
from api.keys order by key_id, recorded_at desc, is_revoked desc
"""


@dataclass(frozen=True)
class Key:
    """A key as the server knows it: who it is, and what it may do."""

    key_id: str
    key_hash: str
    scopes: frozenset[str]
    label: str
    is_revoked: bool


def new_key() -> tuple[str, str]:
    """Make a key; returns its id and what its holder sends, 256 random bits in it."""
    key_id = secrets.token_hex(ID_BYTES)
    return key_id, f"{MARK}_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"


def hashed(text: str) -> str:
    """SHA-256 of a key. A slow hash guards words that people choose; these bits are random."""
    return hashlib.sha256(text.encode()).hexdigest()


def key_of(row: dict[str, object]) -> Key:
    """Read a row of `api.keys`."""
    return Key(
        key_id=str(row["key_id"]),
        key_hash=str(row["key_hash"]),
        scopes=frozenset(str(row["scopes"]).split(",")),
        label=str(row["label"]),
        is_revoked=bool(row["is_revoked"]),
    )


class KeyRing:
    """The keys in force, read again every few seconds; the last known ones while Postgres is away.

    `find` costs one hash and one comparison, and takes as long for a wrong key as for a right one.
    """

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._keys: dict[str, Key] | None = None
        self._read_at = float("-inf")

    async def find(self, text: str) -> Key | None:
        """Return the key that this text is, None where it is none or was revoked.

        Raises:
            DatabaseUnavailable: no keys were read yet, and none can be.
        """
        await self._refresh()
        parts = text.split("_", 2)
        known = (self._keys or {}).get(parts[1]) if len(parts) == 3 else None
        same = hmac.compare_digest(hashed(text), known.key_hash if known else hashed(""))
        return known if known and same and not known.is_revoked else None

    async def _refresh(self) -> None:
        if time.monotonic() - self._read_at < self._seconds:
            return
        before, self._read_at = self._read_at, time.monotonic()
        try:
            rows = await self._pool.rows(NEWEST)
        except DatabaseUnavailable:
            if self._keys is None:
                self._read_at = before
                raise
            return
        self._keys = {key.key_id: key for key in map(key_of, rows)}


def checked_scopes(asked: Sequence[str]) -> list[str]:
    """Return the scopes in their order, each once; unknown ones raise ValueError."""
    unknown = sorted(set(asked) - set(SCOPES))
    if unknown:
        raise ValueError(f"unknown scope {', '.join(unknown)}: choose from {', '.join(SCOPES)}")
    return [scope for scope in SCOPES if scope in asked]
