"""Chunks of a body to chunks of rows to chunks of answers, one at a time in memory."""

from __future__ import annotations

import asyncio
import csv
import io
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import orjson
import pandas as pd
from fastapi.exceptions import RequestValidationError
from numpy.typing import NDArray

from apps.api.answers import NEVER_ORDERED, ORDER_COUNT
from apps.api.features import faults as faults_of
from apps.api.served import Served
from apps.api.telemetry import Telemetry, bucket_of
from ml.columns import AS_OF_DATE, CHURN_PROBABILITY, CUSTOMER_ID, SOURCE_NAME
from ml.estimators import predicted
from ml.feature_contract import FeatureContract
from ml.risk import RISK_BAND, RiskBands

FaultArray = NDArray[np.object_]
Answer = tuple[Any, ...]
CHUNK_BYTES = 1024 * 1024
MOST_LINE_BYTES = 1024 * 1024
ERROR = "error"
OUT = (CUSTOMER_ID, CHURN_PROBABILITY, RISK_BAND, "model_version", ERROR)


@dataclass(frozen=True)
class Rows:
    """Some rows: their ids as given, their features, and what is wrong with each, or ""."""

    ids: list[Any]
    frame: pd.DataFrame
    faults: list[str]


class Reader(ABC):
    """Turns bytes of one format into rows, and answers into bytes of it."""

    def __init__(self, contract: FeatureContract) -> None:
        self.contract = contract

    def cut(self, buffer: bytes) -> int:
        """Where the last whole row of the buffer ends, 0 where none does."""
        return buffer.rfind(b"\n") + 1

    @abstractmethod
    def rows(self, content: bytes) -> Rows:
        """Read whole rows."""

    @abstractmethod
    def write(self, answers: Iterable[Answer]) -> bytes:
        """Write answers, each with a value for every name in `OUT`."""

    def head(self) -> bytes:
        """What stands before the first answer."""
        return b""


class CsvRows(Reader):
    """CSV with a header."""

    def __init__(self, contract: FeatureContract) -> None:
        super().__init__(contract)
        self._header: list[str] | None = None

    def cut(self, buffer: bytes) -> int:
        """The end of the last line that is not within quotes."""
        end = buffer.rfind(b"\n")
        while end >= 0 and buffer.count(b'"', 0, end) % 2:
            end = buffer.rfind(b"\n", 0, end)
        return end + 1

    def rows(self, content: bytes) -> Rows:
        """Read lines; the very first one is the header."""
        try:
            text = content.decode("utf-8-sig" if self._header is None else "utf-8")
        except UnicodeDecodeError as error:
            raise _invalid("body", f"not UTF-8 at byte {error.start:,} of a part") from None
        if self._header is None:
            lines = csv.reader(io.StringIO(text))
            self._header = self._checked(next(lines, []))
            text = text.partition("\n")[2]
        return self._numbers(text, self._header) or self._typed(*_row_by_row(text, self._header))

    def _numbers(self, text: str, names: list[str]) -> Rows | None:
        """The quick way: all numbers are numbers. None where one is not, and it must be named."""
        if not _is_regular(text, len(names)):
            return None
        numeric = self.contract.names("numeric")
        try:
            frame = pd.read_csv(
                io.StringIO(text),
                names=names,
                dtype={**dict.fromkeys(names, "str"), **dict.fromkeys(numeric, "float64")},
                keep_default_na=False,
                na_values={name: [""] for name in numeric},
                index_col=False,
            )
        except ValueError:
            return None
        if np.isinf(frame[numeric].to_numpy()).any():
            return None
        return self._typed(frame, np.full(len(frame), "", dtype=object))

    def head(self) -> bytes:
        """The header of the answers."""
        return (",".join(OUT) + "\n").encode()

    def write(self, answers: Iterable[Answer]) -> bytes:
        """Write lines."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(answers)
        return text.getvalue().encode()

    def _checked(self, names: list[str]) -> list[str]:
        known = {*self.contract.feature_names, CUSTOMER_ID}
        faults = [(n, "no feature of this model") for n in names if n not in known]
        faults += [(n, "twice in the header") for n in sorted(set(names)) if names.count(n) > 1]
        missing = [n for n in self.contract.feature_names if n not in names]
        faults += [(name, "missing in the header") for name in missing]
        if faults:
            raise RequestValidationError([_fault(*fault) for fault in faults])
        return names

    def _typed(self, frame: pd.DataFrame, faults: FaultArray) -> Rows:
        columns: dict[str, Any] = {}
        for feature in self.contract.features:
            given = frame[feature.name]
            if feature.kind == "categorical":
                columns[feature.name] = given.where(given != "", None)
                continue
            if given.dtype.kind == "f":
                columns[feature.name] = given
                continue
            values = pd.to_numeric(given, errors="coerce").astype("float64")
            is_wrong = (values.isna() & (given != "")) | np.isinf(values)
            faults[is_wrong.to_numpy() & (faults == "")] = f"{feature.name}: must be a number"
            columns[feature.name] = values
        ids = frame[CUSTOMER_ID].tolist() if CUSTOMER_ID in frame else [""] * len(frame)
        return Rows(ids, pd.DataFrame(columns), faults.tolist())


def _is_regular(text: str, fields: int) -> bool:
    """Whether every line has so many fields and nothing is quoted."""
    if not text.strip() or '"' in text or "\r" in text:
        return False
    content = np.frombuffer(text.rstrip("\n").encode(), dtype=np.uint8)
    ends = np.append(np.flatnonzero(content == ord("\n")), content.size)
    commas = np.searchsorted(np.flatnonzero(content == ord(",")), ends)
    return bool((np.diff(commas, prepend=0) == fields - 1).all())


def _row_by_row(text: str, names: list[str]) -> tuple[pd.DataFrame, FaultArray]:
    rows, faults = [], []
    for row in csv.reader(io.StringIO(text)):
        if not row:
            continue
        is_right = len(row) == len(names)
        rows.append(row if is_right else [""] * len(names))
        faults.append("" if is_right else f"{len(row)} fields, the header has {len(names)}")
    return pd.DataFrame(rows, columns=names, dtype="str"), np.array(faults, dtype=object)


class JsonRows(Reader):
    """One JSON object per line; `customer_id` is optional, features as for one customer."""

    def rows(self, content: bytes) -> Rows:
        """Read lines."""
        ids, found_rows, faults = [], [], []
        nothing = dict.fromkeys(self.contract.feature_names)
        for line in content.splitlines():
            if not line.strip():
                continue
            row, fault = _object(line)
            ids.append(row.pop(CUSTOMER_ID, None))
            found = [] if fault else faults_of(row, self.contract)
            fault = fault or "; ".join(f"{name}: {text}" for name, text in found[:3])
            faults.append(fault)
            found_rows.append(nothing if fault else row)
        frame = pd.DataFrame(found_rows, columns=list(self.contract.feature_names))
        numeric = self.contract.names("numeric")
        return Rows(ids, frame.astype(dict.fromkeys(numeric, "float64")), faults)

    def write(self, answers: Iterable[Answer]) -> bytes:
        """Write lines."""
        return b"".join(
            orjson.dumps(dict(zip(OUT, answer, strict=True))) + b"\n" for answer in answers
        )


def _object(line: bytes) -> tuple[dict[str, Any], str]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}, "no JSON"
    return (found, "") if isinstance(found, dict) else ({}, "no JSON object")


async def answered(
    served: Served,
    bands: RiskBands,
    reader: Reader,
    body: AsyncIterator[bytes],
    telemetry: Telemetry,
) -> AsyncIterator[bytes]:
    """Yield the answers to a body, chunk by chunk.

    Raises:
        RequestValidationError: the header, or the CSV itself, cannot be used.
    """
    artefact = served.artefact
    is_first = True
    async for content in _chunks(reader, body):
        # Reading, predicting and writing all stay out of the way of other requests.
        written, said = await asyncio.to_thread(_answers, served, bands, reader, content)
        telemetry.predicted(artefact.task_name, artefact.source_name, said)
        yield (reader.head() if is_first else b"") + written
        is_first = False
    if is_first:
        raise _invalid("body", "empty: send a header and rows, or JSON lines")


async def _chunks(reader: Reader, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Whole rows, about a mebibyte at a time."""
    parts: list[bytes] = []
    size = 0
    async for part in body:
        parts.append(part)
        size += len(part)
        if size < CHUNK_BYTES:
            continue
        buffer = b"".join(parts)
        end = reader.cut(buffer)
        if not end and size > CHUNK_BYTES + MOST_LINE_BYTES:
            raise _invalid("body", f"a row is longer than {MOST_LINE_BYTES:,} bytes")
        if end:
            yield buffer[:end]
        parts, size = [buffer[end:]], len(buffer) - end
    rest = b"".join(parts)
    if rest.strip():
        yield rest


def _answers(
    served: Served, bands: RiskBands, reader: Reader, content: bytes
) -> tuple[bytes, list[str]]:
    """Answer whole rows; also the bucket of each. By the same function as the batch job."""
    artefact = served.artefact
    rows = reader.rows(content)
    faults = np.array(rows.faults, dtype=object)
    usable = faults == ""
    if ORDER_COUNT in rows.frame:
        is_cold = usable & ~(rows.frame[ORDER_COUNT].to_numpy() > 0)
        faults[is_cold] = NEVER_ORDERED
        usable &= ~is_cold
    probabilities = np.full(len(rows.frame), None, dtype=object)
    risks = probabilities.copy()
    if usable.any():
        frame = rows.frame[usable].assign(**_keys(served))
        found = predicted(artefact.estimator, frame, "classification").tolist()
        probabilities[usable], risks[usable] = found, bands.of(found)
    faults[usable] = None
    versions = repeat(artefact.model_version, len(faults))
    answers = zip(rows.ids, probabilities, risks, versions, faults, strict=True)
    return reader.write(answers), [bucket_of(value) for value in probabilities]


def _keys(served: Served) -> dict[str, Any]:
    return {
        AS_OF_DATE: pd.Timestamp(served.artefact.trained_as_of_date),
        SOURCE_NAME: served.artefact.source_name,
    }


def _fault(name: str, text: str) -> dict[str, Any]:
    return {"type": "value_error", "loc": ("body", name), "msg": text, "input": None}


def _invalid(name: str, text: str) -> RequestValidationError:
    return RequestValidationError([_fault(name, text)])
