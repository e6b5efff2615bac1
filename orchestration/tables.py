"""Tables on screen."""

from __future__ import annotations

from rich import box
from rich.table import Table

NUMBERS = ("files", "rows landed", "rejected", "staged", "passed", "rows")


def table(title: str, *columns: str) -> Table:
    """Make a table without rows; columns of numbers are to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        made.add_column(column, justify="right" if column in NUMBERS else "left")
    return made
