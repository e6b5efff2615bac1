"""Parquet files, a batch of rows at a time, as CSV that staging can cast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from ingest.inputs import header_hash
from warehouse.errors import InputRefused

BATCH_ROWS = 16_384
BUFFER_BYTES = 1 << 20


class ParquetInput:
    """An open Parquet file. Columns that are not asked for are not read."""

    can_select = True
    header_lines = 0

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._size = path.stat().st_size
        try:
            # With a buffer, a column chunk is read in pieces and not as a whole.
            self._file = pq.ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            raise InputRefused(self._damaged(error)) from None
        self.header: tuple[str, ...] = tuple(self._file.schema_arrow.names)
        self.bytes_done = 0
        self.content_sha256 = ""
        self.file_sha256 = ""

    def blocks(self, positions: Sequence[int]) -> Iterator[bytes]:
        """Yield the columns at these positions, in their order.

        Raises:
            InputRefused: damaged, or a column with nested values.
        """
        names = [self.header[at] for at in positions]
        for name in names:
            self._refuse_nested(name)
        digest = header_hash(names)
        for block in self._csv_blocks(names):
            digest.update(block)
            if b"\0" in block:
                raise InputRefused(
                    f"{self._name}: a text holds a NUL character, which Postgres cannot store; "
                    "remove it in the export"
                )
            yield block
        self.content_sha256 = digest.hexdigest()
        self.bytes_done = self._size

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _csv_blocks(self, names: list[str]) -> Iterator[bytes]:
        done, total = 0, max(1, self._file.metadata.num_rows)
        try:
            for batch in self._file.iter_batches(BATCH_ROWS, columns=names, use_threads=False):
                yield _as_csv(batch.select(names))
                done += batch.num_rows
                self.bytes_done = self._size * done // total
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputRefused(self._damaged(error)) from None

    def _refuse_nested(self, name: str) -> None:
        kind = self._file.schema_arrow.field(name).type
        if pa.types.is_nested(kind) or pa.types.is_duration(kind) or pa.types.is_interval(kind):
            raise InputRefused(
                f"{self._name}: column {name} holds {kind} values, which have no text form; "
                "write one plain value a row"
            )

    def _damaged(self, error: Exception) -> str:
        reason = " ".join(str(error).split())[:200]
        return f"{self._name}: the Parquet file cannot be read ({reason}); write it again"


def _as_csv(batch: pa.RecordBatch) -> bytes:
    columns = [as_text(column) for column in batch.columns]
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    table = pa.Table.from_arrays(columns, names=[str(at) for at in range(len(columns))])
    pyarrow.csv.write_csv(table, sink, options)
    return bytes(sink.getvalue())


def as_text(values: pa.Array) -> pa.Array:
    """Return an Arrow array as strings that Postgres can cast back; nulls stay null.

    Timestamps become UTC "YYYY-MM-DD HH:MM:SS" with a fraction (of microseconds at most) only
    where there is one, floats are written without an exponent.
    """
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_timestamp(values.type):
        return _timestamps(values)
    if pa.types.is_floating(values.type):
        return _floats(values)
    return values.cast(pa.string())


def _timestamps(values: pa.Array) -> pa.Array:
    # Arrow keeps zoned timestamps as UTC, so dropping the zone leaves UTC.
    plain = values.cast(pa.timestamp(values.type.unit, tz="UTC")) if values.type.tz else values
    micros = plain.cast(pa.timestamp("us", tz=plain.type.tz), safe=False)
    text = micros.cast(pa.timestamp("us")).cast(pa.string())
    return pc.replace_substring_regex(text, r"\.?0+$", "")


def _floats(values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    if not pc.any(pc.match_substring(text, "e")).as_py():
        return text
    return pa.array([_plain(value) for value in text.to_pylist()], pa.string())


def _plain(value: str | None) -> str | None:
    return format(Decimal(value), "f") if value and "e" in value else value
