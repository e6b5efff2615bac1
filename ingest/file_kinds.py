"""What a file is, judged by its first bytes: names lie."""

from __future__ import annotations

import re
from typing import Literal

from warehouse.errors import InputRefused

FileKind = Literal["csv", "gzip", "jsonl", "parquet", "xlsx"]

HEAD_BYTES = 4096
BOM = b"\xef\xbb\xbf"

_NOT_READ: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or a protected one", "save it as .xlsx"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8, e.g. iconv -f utf-16 -t utf-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8, e.g. iconv -f utf-16 -t utf-8"),
    (b"BZh", "compressed with bzip2", "unpack it, or compress it with gzip"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it, or compress it with gzip"),
    (b"%PDF", "a PDF document", "export the table as CSV"),
    (b"\x89PNG", "an image", "export the table as CSV"),
    (b"\xff\xd8\xff", "an image", "export the table as CSV"),
    (b"SQLite format 3", "a SQLite database", "export the table as CSV"),
    (b"ORC", "an ORC file", "save it as Parquet or CSV"),
    (b"Obj\x01", "an Avro file", "save it as Parquet or CSV"),
)


def kind_of(name: str, head: bytes) -> FileKind:
    """Return the kind of a file from its first bytes.

    Raises:
        InputRefused: empty, or a kind that is not read; the message says what it looks like.
    """
    if not head:
        raise InputRefused(f"{name}: the file is empty; export it again")
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    refuse_other_formats(name, head)
    return "jsonl" if is_json_object(head) else "csv"


def is_json_object(head: bytes) -> bool:
    """Tell whether text begins like a JSON object, as the first of JSON lines does."""
    return bool(re.match(rb'\{\s*("|\}|$)', _text(head)))


def refuse_other_formats(name: str, head: bytes) -> None:
    """Refuse content that is neither CSV nor JSON lines.

    Raises:
        InputRefused: says what the content looks like, and what to do.
    """
    for magic, what, remedy in _NOT_READ:
        if head.startswith(magic):
            raise InputRefused(f"{name}: this is {what}; {remedy}")
    if re.match(rb"<(!doctype|html|\?xml|[a-z]+[ >])", _text(head)):
        raise InputRefused(
            f"{name}: this is a web page or XML, not CSV; download the export itself"
        )
    if re.match(rb'\[\s*([\[{"\d\]]|$)', _text(head)):
        raise InputRefused(
            f"{name}: this is one JSON array; save it as JSON lines, one object a line, "
            "e.g. jq -c '.[]', or as CSV"
        )


def refuse_nested(name: str, head: bytes) -> None:
    """Refuse gzip content that is itself packed or a workbook.

    Raises:
        InputRefused: asks to unpack it.
    """
    if head.startswith((b"\x1f\x8b", b"PAR1", b"PK\x03\x04")):
        raise InputRefused(f"{name}: gzip around another packed format; unpack it first")
    refuse_other_formats(name, head)


def _text(head: bytes) -> bytes:
    return head.removeprefix(BOM).lstrip()[:200].lower()
