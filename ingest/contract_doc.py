"""A source's contract as Markdown, for the documentation: `python -m ingest.contract_doc FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.contract import Column, Source, Table, load_contract

BEGIN = "<!-- contract: written by python -m ingest.contract_doc -->"
END = "<!-- end of contract -->"
SHOP = "shop"


def contract_markdown(source: Source) -> str:
    """Return a table per table of the contract: columns, types, meaning, what is lost without."""
    return "\n\n".join(_table(table) for table in source.tables)


def with_contract(text: str, source: Source) -> str:
    """Return a document with the contract between its two markers.

    Raises:
        ValueError: the document has no markers.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n\n{contract_markdown(source)}\n\n{END}{after}"


def _table(table: Table) -> str:
    need = "**needed**" if table.without is None else f"optional. Without it: {table.without}"
    lines = [
        f"### {table.name}",
        "",
        f"{table.description} Files named `{table.files}`; {need}",
        "",
        "| column | type | meaning | without it |",
        "|---|---|---|---|",
        *(_row(column) for column in table.columns),
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    without = "**required**" if column.required else column.without or "null"
    return f"| `{column.header}` | {column.type} | {column.description} | {without} |"


def main() -> None:
    """Write the shop contract into the document that is named."""
    path = Path(sys.argv[1])
    source = load_contract(Path.cwd(), SHOP)
    path.write_text(with_contract(path.read_text("utf-8"), source), "utf-8")


if __name__ == "__main__":
    main()
