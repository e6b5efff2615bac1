"""Append pandas frames to a table with COPY."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd
import psycopg2
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from psycopg2 import sql
from psycopg2.extensions import connection

from warehouse.ahead import made_ahead
from warehouse.errors import InputRefused

ROWS_PER_CHUNK = 100_000
INTEGERS = {"smallint", "integer", "bigint"}

COLUMNS = """
select attname, format_type(atttypid, null)
from pg_attribute
where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
order by attnum
"""


def append_frame(conn: connection, table: str, frame: pd.DataFrame) -> int:
    """Append the rows of a frame to a table; arguments, result and errors as `append_frames`."""
    return append_frames(conn, table, [frame])


def append_frames(conn: connection, table: str, frames: Iterable[pd.DataFrame]) -> int:
    """Append the rows of frames to a table, within the transaction of the caller.

    NaN, NaT and None become null; an empty string stays one. Columns of the table that a frame
    lacks get their defaults. Memory stays bounded by two frames. Naive timestamps are
    taken in the time zone of the session, which is UTC in `warehouse.connect`.

    Args:
        conn: an open connection.
        table: `schema.name`, both as they are stored (mostly lower case).
        frames: their column names are columns of the table; an index is ignored. They are made in
            a thread while others are sent, so whatever makes them leaves `conn` alone.

    Returns:
        The number of rows appended.

    Raises:
        InputRefused: no such table, unknown columns, or values that do not fit. The
            transaction is then to be rolled back.
    """
    target = _identifier(table)
    types = _column_types(conn, table, target)
    rows = 0
    for part in made_ahead(_parts(table, frames, types)):
        columns = sql.SQL(", ").join(map(sql.Identifier, part.columns))
        statement = sql.SQL("copy {} ({}) from stdin with (format csv, encoding 'UTF8')")
        _copy(conn, statement.format(target, columns), table, part.text)
        rows += part.rows
    return rows


@dataclass(frozen=True)
class _Part:
    """Rows as COPY reads them."""

    columns: list[str]
    text: io.BytesIO
    rows: int


def _parts(table: str, frames: Iterable[pd.DataFrame], types: dict[str, str]) -> Iterator[_Part]:
    for frame in frames:
        _check_columns(table, frame, types)
        for chunk in _chunks(frame):
            text = _as_csv(_fitted(table, chunk, types))
            yield _Part(list(frame.columns), text, len(chunk))


def _identifier(table: str) -> sql.Identifier:
    schema, dot, name = table.partition(".")
    if not (schema and dot and name) or "." in name:
        raise InputRefused(f"'{table}' is not the name of a table: write schema.name")
    return sql.Identifier(schema, name)


def _column_types(conn: connection, table: str, target: sql.Identifier) -> dict[str, str]:
    with conn.cursor() as cursor:
        cursor.execute(COLUMNS, (target.as_string(conn),))
        found = dict(cursor.fetchall())
    if not found:
        raise InputRefused(f"there is no table {table} in the database: build it first")
    return found


def _check_columns(table: str, frame: pd.DataFrame, types: dict[str, str]) -> None:
    names = list(frame.columns)
    unknown = [str(name) for name in names if name not in types]
    if unknown:
        raise InputRefused(f"{table} has no column {', '.join(unknown)}; it has {', '.join(types)}")
    if len(set(names)) != len(names) or not names:
        raise InputRefused(f"the rows for {table} need columns, each of them once")


def _chunks(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), ROWS_PER_CHUNK):
        yield frame.iloc[start : start + ROWS_PER_CHUNK]


def _fitted(table: str, chunk: pd.DataFrame, types: dict[str, str]) -> pa.Table:
    """Return the rows in Arrow, each column in a type that writes as Postgres reads it."""
    columns = []
    for name in chunk.columns:
        try:
            array = pa.chunked_array(pa.Array.from_pandas(chunk[name]))
            columns.append(_fitted_column(array, types[name]))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            reason = str(error).splitlines()[0]
            raise InputRefused(
                f"column {name} does not fit {table} ({types[name]}): {reason}"
            ) from error
    return pa.table(columns, names=list(chunk.columns))


def _fitted_column(column: pa.ChunkedArray, target: str) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        if target in INTEGERS:
            # pandas keeps whole numbers with gaps as floats, and COPY refuses "1.0".
            column = column.cast(pa.int64())
    if pa.types.is_nested(column.type):
        raise TypeError("lists and records cannot be appended, only single values")
    return column


def _as_csv(rows: pa.Table) -> io.BytesIO:
    """Write rows. Arrow quotes every text and no null, which is how COPY tells them apart."""
    buffer = io.BytesIO()
    pa_csv.write_csv(rows, buffer, pa_csv.WriteOptions(include_header=False))
    buffer.seek(0)
    return buffer


def _copy(conn: connection, statement: sql.Composed, table: str, text: io.BytesIO) -> None:
    try:
        with conn.cursor() as cursor:
            cursor.copy_expert(statement, text)
    except (psycopg2.DataError, psycopg2.IntegrityError) as error:
        raise InputRefused(f"rows do not fit {table}: {_reason(error)}") from error


def _reason(error: psycopg2.Error) -> str:
    """Return what Postgres says, with the column; its line number counts within a chunk only."""
    said = error.diag.message_primary or str(error).splitlines()[0]
    column = re.search(r", column ([^:]+):", error.diag.context or "")
    return f"{said} (column {column.group(1)})" if column else said
