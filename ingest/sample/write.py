"""A shop on disk: written whole or not at all, read back as its truth."""

import json
import shutil
from pathlib import Path
from typing import IO
from uuid import uuid4

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from ingest.sample.columns import (
    CUSTOMERS,
    DIRTY_ROWS,
    FILE_COLUMNS,
    ORDER_ITEMS,
    ORDERS,
    PRODUCTS,
    SUMMARY,
    TRUTH_CUSTOMERS,
)
from ingest.sample.config import SampleConfig
from ingest.sample.dirt import undo_dirt
from ingest.sample.shop import Block, blocks
from ingest.sample.summary import Totals, summary
from ingest.sample.truth import Truth, observed_history

MARKER = "shop.json"
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
# Free text needs quotes; the other exports cannot, and the plain writer is ten times faster.
QUOTED = (CUSTOMERS, PRODUCTS)


def write_shop(config: SampleConfig, directory: Path) -> Path:
    """Write the shop of `config` into `directory` and return it; memory holds one block.

    A directory that already holds this shop is left alone, one with another sample shop is
    replaced, any other that is not empty is refused with FileExistsError.
    """
    directory = Path(directory)
    if written_fingerprint(directory) == config.fingerprint:
        return directory
    if _is_foreign(directory):
        raise FileExistsError(f"{directory} is not empty and holds no sample shop")
    directory.parent.mkdir(parents=True, exist_ok=True)
    building = directory.parent / f".{directory.name}.{uuid4().hex}"
    try:
        _write_files(config, building)
        _swap(building, directory)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return directory


def written_fingerprint(directory: Path) -> str | None:
    """Fingerprint of the complete sample shop in `directory`, None where there is none."""
    try:
        marker = json.loads((directory / MARKER).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return str(marker.get("fingerprint"))


def read_truth(directory: Path) -> Truth:
    """Read the truth of a written shop, with the history of its clean orders."""
    marker = json.loads((directory / MARKER).read_text("utf-8"))
    files = {name: read_text(directory / name) for name in (ORDERS, ORDER_ITEMS)}
    dirty = read_text(directory / DIRTY_ROWS)
    clean = undo_dirt(files, dirty.astype({"row_number": "int64"}))
    customers = pd.read_csv(directory / TRUTH_CUSTOMERS, dtype={"customer_id": "str"})
    for column in ("born_at", "died_at"):
        times = pd.to_datetime(customers[column], format=TIME_FORMAT)
        customers[column] = times.astype("datetime64[s]")
    history = observed_history(clean[ORDERS], clean[ORDER_ITEMS])
    return Truth(SampleConfig.model_validate(marker["config"]), customers, history)


def read_text(path: Path) -> pd.DataFrame:
    """Read an export exactly as it is: every cell is text, nothing is missing."""
    return pd.read_csv(path, dtype="str", keep_default_na=False, na_filter=False)


def _is_foreign(directory: Path) -> bool:
    return (
        directory.exists() and any(directory.iterdir()) and written_fingerprint(directory) is None
    )


def _write_files(config: SampleConfig, building: Path) -> None:
    (building / "truth").mkdir(parents=True)
    totals = Totals()
    for block in blocks(config):
        _append_block(building, block)
        totals = totals + block.totals
    _write_json(building / SUMMARY, summary(config, totals))
    marker = {"fingerprint": config.fingerprint, "config": config.model_dump(mode="json")}
    _write_json(building / MARKER, marker)


def _append_block(building: Path, block: Block) -> None:
    for name, frame in {**block.files, **block.truth_files}.items():
        path = building / name
        is_new = not path.exists()
        with path.open("ab") as file:
            write_frame(file, frame, is_new, name in FILE_COLUMNS and name not in QUOTED)


def write_frame(file: IO[bytes], frame: pd.DataFrame, header: bool, plain: bool) -> None:
    """Append rows; `plain` is the fast way for cells that need no quotes."""
    if not plain:
        frame.to_csv(file, index=False, header=header, lineterminator="\n", date_format=TIME_FORMAT)
        return
    if header:
        file.write((",".join(frame.columns) + "\n").encode())
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    # In one chunk: before an empty one, as a concatenated frame may begin with, Arrow writes what
    # lies in its buffer (apache/arrow#36889).
    rows = pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()
    csv.write_csv(rows, file, options)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _swap(building: Path, directory: Path) -> None:
    """Put the finished shop in place, whatever sample shop was there before."""
    old = building.with_name(building.name + ".old")
    if directory.exists():
        directory.rename(old)
    building.rename(directory)
    shutil.rmtree(old, ignore_errors=True)
