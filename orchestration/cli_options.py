"""Options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer


def parse_day(text: str) -> date:
    """Return the day that an option names.

    Raises:
        BadParameter: it names none.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' is not a day; write it as year-month-day, for example 2011-12-09."
        ) from None


Source = Annotated[
    str | None, typer.Option(help="Only this shop.", metavar="SOURCE", show_default="all shops")
]
Tasks = Annotated[
    list[str] | None,
    typer.Argument(help="churn, segmentation ...", show_default="all tasks", metavar="TASK"),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="Today: only events strictly before this day count.",
        show_default="day after the newest order",
    ),
]
EvaluateAt = Annotated[
    date | None,
    typer.Option(
        parser=parse_day,
        metavar="YYYY-MM-DD",
        help="As-of date whose customers the models are measured on.",
        show_default="newest whose outcome is known",
    ),
]
