"""What a sample shop is made from, and the random streams that follow from it."""

import hashlib
from datetime import date
from enum import IntEnum
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]

# Part of every fingerprint: raise it whenever the same config gives other bytes.
GENERATOR_VERSION = 1
MIN_DAYS = 30


class Stream(IntEnum):
    """One independent random stream per component, so that changing one leaves the others alone."""

    CATALOGUE = 1
    LATENT = 2
    PEOPLE = 3
    ORDERS = 4
    ITEMS = 5
    RETURNS = 6
    DIRT = 7


class SampleConfig(BaseModel):
    """A shop in numbers. Two equal configs give byte-identical files.

    `customers_per_block` is the unit of work: a block is generated from its own random streams
    and forgotten, so memory does not grow with the shop. `dirty_per_kind` is the number of rows
    of each dirty kind in each block (in the whole of products.csv); 0 makes a clean shop.
    `end_date` is the last day of the export. Shares are of orders.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=20230101, ge=0)
    customers: int = Field(default=4000, ge=1, le=9_999_000)
    products: int = Field(default=300, ge=20, le=9_999)
    start_date: date = date(2023, 1, 1)
    end_date: date = date(2025, 6, 30)
    currency: Literal["GBP", "EUR"] = "GBP"
    guest_share: float = Field(default=0.03, ge=0, le=0.5)
    cancelled_share: float = Field(default=0.03, ge=0, le=0.5)
    dirty_per_kind: int = Field(default=3, ge=0, le=20)
    customers_per_block: int = Field(default=2000, ge=1, le=100_000)

    @model_validator(mode="after")
    def _spans_enough_days(self) -> Self:
        if (self.end_date - self.start_date).days < MIN_DAYS:
            raise ValueError(f"end_date must be at least {MIN_DAYS} days after start_date")
        return self

    @property
    def blocks(self) -> int:
        """How many blocks of customers make the shop."""
        return -(-self.customers // self.customers_per_block)

    @property
    def fingerprint(self) -> str:
        """sha256 over the config and the generator's version, in hex."""
        text = f"{GENERATOR_VERSION}:{self.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    def block_size(self, block: int) -> int:
        """Customers in block number `block` (0-based): only the last one may be smaller."""
        return min(self.customers_per_block, self.customers - block * self.customers_per_block)

    def rng(self, stream: Stream, block: int = 0) -> np.random.Generator:
        """Give the random stream of one component in one block.

        The spawn key is what `SeedSequence.spawn` would assign; naming it gives any block at
        random without making those before it.
        """
        sequence = np.random.SeedSequence(self.seed, spawn_key=(int(stream), block))
        return np.random.Generator(np.random.PCG64(sequence))
