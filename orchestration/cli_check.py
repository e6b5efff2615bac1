"""`clientele check`: what is missing or wrong in files, before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import InputRefused


def check(
    paths: Annotated[
        list[Path], typer.Argument(help="Folder of an export, or its files.", metavar="DIR...")
    ],
    source: Annotated[str, typer.Option(help="Contract to check against.")] = "shop",
    allow_extra_columns: Annotated[
        bool, typer.Option(help="Leave out columns that the contract does not know.")
    ] = False,
) -> None:
    """Say what is missing or wrong in an export before anything is loaded.

    Ends with 4 if a file would be refused or a table that every shop needs is missing.
    """
    from orchestration.check import check as run_check  # noqa: PLC0415
    from orchestration.check_report import show_check  # noqa: PLC0415
    from orchestration.console import Console  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        result = run_check(job.settings, console, source, paths, allow_extra_columns)
        show_check(console, result)
    if result.problems:
        things = "problem" if result.problems == 1 else "problems"
        raise InputRefused(f"{result.problems} {things}, named above; nothing was loaded")
