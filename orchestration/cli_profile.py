"""`clientele profile`: a page about what is in a table or in the staged tables of a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.console import Console
from warehouse.errors import UsageError

if TYPE_CHECKING:
    from apps.profile.catalogue import Relation
    from apps.profile.profiler import Options, Profile
    from orchestration.job import Job

FOLDER = "profile"
MOST_ROWS = 100_000


def profile(
    relation_or_source: Annotated[
        str,
        typer.Argument(
            help="A table (marts.customer_360, customer_360) or a source (online_retail), "
            "of which all staged tables are meant."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="File ending in .html, or a folder; for a source a folder.",
            show_default="in profile/ of the home folder",
        ),
    ] = None,
    rows: Annotated[
        int, typer.Option(min=1, help="Draw charts from at most so many rows; counts are exact.")
    ] = MOST_ROWS,
    show_personal: Annotated[
        bool, typer.Option("--show-personal", help="Show names, addresses and free text too.")
    ] = False,
) -> None:
    """Write a page about a table: distributions, gaps, duplicates, outliers, correlations."""
    from apps.profile.catalogue import (  # noqa: PLC0415
        find_relations,
        is_source,
        read_relations,
    )
    from apps.profile.profiler import Options  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415

    console = Console()
    options = Options(rows, show_personal)
    with start_job(console) as job:
        known = read_relations(job.settings)
        found = find_relations(known, relation_or_source)
        folder = job.settings.home_dir / FOLDER
        if is_source(known, relation_or_source):
            target = out or folder / relation_or_source
            _write_source(console, job, relation_or_source, found, target, options)
        else:
            _write_table(console, job, found[0], out or folder, options)


def _profile(console: Console, job: Job, relation: Relation, options: Options) -> Profile:
    from apps.profile.declared import read_manifest  # noqa: PLC0415
    from apps.profile.profiler import profile_relation  # noqa: PLC0415
    from orchestration.dbt_runner import manifest_path  # noqa: PLC0415

    manifest = read_manifest(manifest_path(job.settings))
    with console.count_progress(f"Reading {relation.full_name}") as advance:
        return profile_relation(job.settings, manifest, relation, options, advance)


def _write_table(
    console: Console, job: Job, relation: Relation, out: Path, options: Options
) -> None:
    from apps.profile.page import file_name, page_of, write_page  # noqa: PLC0415

    done = _profile(console, job, relation, options)
    is_folder = out.is_dir() or out.suffix.lower() not in (".html", ".htm")
    target = out / file_name(done) if is_folder else out
    with console.working("Drawing the page"):
        write_page(target, page_of(done))
    console.say(f"{_summary(done)}: {target}")


def _write_source(  # noqa: PLR0913 (one call, split off for its length)
    console: Console,
    job: Job,
    source: str,
    relations: list[Relation],
    folder: Path,
    options: Options,
) -> None:
    from apps.profile.page import file_name, index_of, page_of, write_page  # noqa: PLC0415

    if folder.is_file():
        raise UsageError(f"{folder} is a file: --out of a source is a folder")
    profiles = []
    for relation in relations:
        done = _profile(console, job, relation, options)
        with console.working(f"Drawing {relation.full_name}"):
            write_page(folder / file_name(done), page_of(done, "index.html"))
        console.say(f"{_summary(done)}: {folder / file_name(done)}")
        profiles.append(done.without_rows())
    write_page(folder / "index.html", index_of(source, profiles))
    console.say(f"All of {source}: {folder / 'index.html'}")


def _summary(done: Profile) -> str:
    from apps.profile.text import plural  # noqa: PLC0415

    return (
        f"{done.relation.full_name}, {plural(done.row_count, 'row')}, "
        f"{plural(len(done.columns), 'column')}"
    )
