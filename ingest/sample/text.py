"""Numbers into the text of an export, a column at a time."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ingest.sample.config import Ints


def _series(values: pa.Array) -> "pd.Series[str]":
    return pd.Series(pa.table({"text": values}).to_pandas()["text"], name=None)


def ids(prefix: str, numbers: Ints, width: int) -> "pd.Series[str]":
    """Identifiers such as C0000042: the number padded with zeros, behind a prefix."""
    digits = pc.utf8_lpad(
        pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string()), width, "0"
    )
    return _series(pc.binary_join_element_wise(pa.scalar(prefix), digits, ""))


def money(pence: Ints) -> "pd.Series[str]":
    """Amounts that are not negative, in pence, as '12.05'."""
    pounds = pa.array(pence // 100).cast(pa.string())
    rest = pc.utf8_lpad(pa.array(pence % 100).cast(pa.string()), 2, "0")
    return _series(pc.binary_join_element_wise(pounds, rest, "."))


def integers(numbers: Ints) -> "pd.Series[str]":
    """Whole numbers as text."""
    return _series(pa.array(numbers).cast(pa.string()))


def timestamps(seconds: Ints) -> "pd.Series[str]":
    """Seconds since 1970 as 'YYYY-MM-DD HH:MM:SS'."""
    return _series(pa.array(seconds.astype("datetime64[s]")).cast(pa.string()))


def labels(names: tuple[str, ...], index: Ints) -> "pd.Series[str]":
    """The name at each index."""
    return _series(pa.array(names).take(pa.array(index)))
