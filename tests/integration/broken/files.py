"""Small order files of the shop contract, and workbooks written by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

HEADER = "order_id,customer_id,ordered_at,currency,status"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def order(number: int = 1, **changes: str) -> str:
    """One line of an order file, sound unless changed."""
    values = {
        "order_id": f"O{number}",
        "customer_id": "",
        "ordered_at": "2024-03-01 10:00:00",
        "currency": "EUR",
        "status": "completed",
    } | changes
    return ",".join(values.values())


def orders(*lines: str, header: str = HEADER) -> str:
    """An order file; three sound orders unless lines are given."""
    return "\n".join((header, *(lines or (order(1), order(2), order(3))))) + "\n"


def workbook(**sheets: Sequence[Sequence[str]]) -> bytes:
    """A workbook of text cells, in the order given."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{at}" Type="{_REL}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _ in enumerate(sheets, 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_REL}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        "</Relationships>",
    }
    for at, rows in enumerate(sheets.values(), 1):
        cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f"<worksheet {_MAIN}><sheetData>{cells}</sheetData></worksheet>"
        )
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, _HEAD + text)
    return sink.getvalue()


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else "<c/>"


def as_rows(text: str) -> list[list[str]]:
    """A CSV text without quotes as rows of cells."""
    return [line.split(",") for line in text.splitlines()]
