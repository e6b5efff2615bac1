"""`clientele gates` and `clientele readmit`: what the gates found, and rows that come back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.console import Console


def gates(
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where to write the page.", metavar="FILE", show_default="gates.html in the home"
        ),
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    source: Annotated[
        str | None, typer.Option(help="Only this shop.", show_default="all shops")
    ] = None,
    newest: Annotated[int, typer.Option(min=1, help="So many batches.")] = 50,
) -> None:
    """Write a page about the newest batches: their checks, drift and refusals."""
    from ingest.gates.report import write_page  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        page, path = write_page(job.settings, out, source, newest)
    console.say(
        f"{len(page.batches):,} batches: {page.count('fine')} fine, {page.count('warned')} with "
        f"warnings, {page.count('refused')} refused. Page: {path}"
    )
    if open_page:
        typer.launch(path.as_uri())


def readmit(
    source: Annotated[
        str | None, typer.Argument(help="Source whose rules changed.", show_default="all sources")
    ] = None,
) -> None:
    """Rebuild after a rule changed, and say which rejected rows came back."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.readmission import readmit as rebuild  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        found = rebuild(job, source)
    for line in found.lines():
        console.say(line)
