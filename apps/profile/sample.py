"""The rows that charts are drawn from: all of a small table, the same random ones of a large."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from apps.profile.catalogue import Column, Relation, quoted
from warehouse.bulk import read_frame
from warehouse.settings import Settings

LONGEST_TEXT = 500
LARGEST = 1e100
# Years that matplotlib can draw; infinity is beyond them.
FIRST_DAY = "0002-01-01"
LAST_DAY = "9998-12-31"

# By the hash of the row: the same rows every time, on tables and views alike, whatever the order in
# which they are stored. A constant seed keeps this hash apart from others of the same rows.
ROWS = """
select {values}
from {relation} as t
order by hashtextextended(cast(row({all_columns}) as text), 20)
limit $1
"""


def read_sample(
    settings: Settings,
    relation: Relation,
    columns: Sequence[Column],
    shown: Sequence[Column],
    most: int,
) -> pd.DataFrame:
    """Return at most so many rows of a relation, in random but repeatable order.

    Args:
        settings: as from `warehouse.connect.ensure_server`.
        relation: the table.
        columns: all of its columns: they decide which rows are drawn.
        shown: the columns to read.
        most: the largest number of rows.

    Returns:
        The columns of `shown` under their names. Text is cut off after 500 characters; numbers
        that are not finite and days that cannot be drawn are missing.
    """
    if not shown:
        return pd.DataFrame()
    # Numbered aliases: a name of the table may be longer or odder than a driver likes.
    values = ", ".join(f"{_drawable(column)} as c{i}" for i, column in enumerate(shown))
    query = ROWS.format(
        values=values,
        relation=relation.sql,
        all_columns=", ".join(f"t.{quoted(column.name)}" for column in columns),
    )
    frame = read_frame(settings, query, (most,))
    frame.columns = pd.Index([column.name for column in shown])
    return _finite(frame)


def _drawable(column: Column) -> str:
    name = f"t.{quoted(column.name)}"
    if column.kind in ("number", "boolean"):
        return name
    if column.kind in ("date", "timestamp"):
        return f"case when {name} between '{FIRST_DAY}' and '{LAST_DAY}' then {name} end"
    return f"left(cast({name} as text), {LONGEST_TEXT})"


def _finite(frame: pd.DataFrame) -> pd.DataFrame:
    for name, values in frame.items():
        if pd.api.types.is_float_dtype(values.dtype):
            wide = values.astype("float64")  # as float32 the limit itself would be infinite
            frame[name] = wide.where(np.abs(wide) <= LARGEST)
    return frame
