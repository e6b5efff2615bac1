"""Scores of all products for some customers, dense for few products and sparse for many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.content import strongest_per_row
from ml.recommend.interactions import Ints

Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]


class Scores(Protocol):
    """Scores of customers by products."""

    def at(self, customer: Ints, product: Ints) -> Singles:
        """The scores of some cells."""

    def best(self, bought: sparse.csr_matrix, allowed: Bools, kept: int) -> Ints:
        """Keys (customer times products plus product) of the highest positive scores per customer
        among allowed products that were not bought; all products where `bought` is empty."""

    @property
    def highest(self) -> Singles:
        """The highest score of each customer."""


@dataclass(frozen=True)
class DenseScores:
    """A score for every cell."""

    values: Singles

    def at(self, customer: Ints, product: Ints) -> Singles:
        """See `Scores`."""
        found: Singles = self.values[customer, product]
        return found

    def best(self, bought: sparse.csr_matrix, allowed: Bools, kept: int) -> Ints:
        """See `Scores`. Ties at the border go to the lower product."""
        masked = np.where(allowed, self.values, np.float32(0))
        rows = np.repeat(np.arange(bought.shape[0]), np.diff(bought.indptr))
        masked[rows, bought.indices] = 0
        count = masked.shape[1]
        if kept < count:
            least = np.partition(masked, count - kept, axis=1)[:, count - kept]
            masked[masked < least[:, None]] = 0
        return keys_of(strongest_per_row(sparse.csr_matrix(masked), kept))

    @cached_property
    def highest(self) -> Singles:
        """See `Scores`."""
        found: Singles = self.values.max(axis=1, initial=0)
        return found


@dataclass(frozen=True)
class SparseScores:
    """Scores that are 0 but for some cells."""

    matrix: sparse.csr_matrix

    def at(self, customer: Ints, product: Ints) -> Singles:
        """See `Scores`."""
        return cells(self.matrix, customer, product)

    def best(self, bought: sparse.csr_matrix, allowed: Bools, kept: int) -> Ints:
        """See `Scores`."""
        left = self.matrix.copy()
        left.data = np.where(allowed[left.indices], left.data, np.float32(0))
        own = np.isin(keys_of(left), keys_of(bought), assume_unique=True)
        left.data[own] = 0
        return keys_of(strongest_per_row(left, kept))

    @cached_property
    def highest(self) -> Singles:
        """See `Scores`."""
        found: Singles = self.matrix.max(axis=1).toarray().ravel()
        return found


def keys_of(matrix: sparse.csr_matrix) -> Ints:
    """Row times columns plus column of every stored cell, row by row."""
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    keys: Ints = rows * matrix.shape[1] + matrix.indices
    return keys


def cells(matrix: sparse.csr_matrix, rows: NDArray[Any], columns: NDArray[Any]) -> Singles:
    """Values of a sparse matrix at some cells, 0 where nothing is stored."""
    matrix.sort_indices()
    known = keys_of(matrix)
    wanted = rows.astype(np.int64) * matrix.shape[1] + columns
    place = np.searchsorted(known, wanted)
    known, data = np.append(known, -1), np.append(matrix.data, 0).astype(np.float32)
    found: Singles = np.where(known[place] == wanted, data[place], np.float32(0))
    return found
