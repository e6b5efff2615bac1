"""`clientele fetch` and `clientele pull`: data that is not in a file on this machine yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.text import plural
from orchestration.console import Console
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from ingest.pull.run import TablePull

PUBLIC = "public"


def fetch(
    name: Annotated[str, typer.Argument(help="Which data set: online_retail.")],
    to: Annotated[
        Path | None,
        typer.Option(help="Folder to store it in.", show_default="public/NAME in the home"),
    ] = None,
) -> None:
    """Download a public data set and check that it is the known one."""
    from ingest import public_data  # noqa: PLC0415

    console = Console()
    folder = to or load_settings().home_dir / PUBLIC / name
    with console.file_progress(f"Fetching {name}") as progress:
        found = public_data.fetch(name, folder, progress)
    console.say(
        f"{found.path}: {'downloaded' if found.is_new else 'already there'} ({found.data.about})"
    )
    console.say(f"Next: clientele load {found.data.source} '{found.path}'")


def pull(
    connection: Annotated[str, typer.Argument(help="Which connection of connections.yml.")],
    tables: Annotated[
        list[str] | None,
        typer.Argument(help="Our tables, e.g. orders.", show_default="all of the connection"),
    ] = None,
    connections: Annotated[
        Path | None,
        typer.Option(help="Another file.", show_default="connections.yml in the project"),
    ] = None,
    again: Annotated[
        bool, typer.Option(help="Forget how far it came, and pull everything again.")
    ] = False,
) -> None:
    """Land what is new in a shop's API or database."""
    from ingest.pull.connections import FILE_NAME, load_connection  # noqa: PLC0415
    from ingest.pull.run import pull_each  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415

    console = Console()
    path = connections or load_settings().project_dir / FILE_NAME
    shop = load_connection(path, connection)
    total = len(tables or shop.tables)
    with start_job(console) as job:
        job.make_tables()
        done = []
        with console.count_progress(f"Pulling {connection}") as advance:
            for one in pull_each(job.settings, connection, shop, tables or (), again=again):
                done.append(one)
                advance(len(done), total)
                _show(console, connection, one)
    rows = sum(one.row_count for one in done)
    console.say(f"{plural(rows, 'new row')}. Next: clientele build" if rows else "Nothing new.")


def _show(console: Console, connection: str, done: TablePull) -> None:
    name = f"{connection}.{done.table}"
    if done.is_fresh_start:
        console.say(f"{name}: this warehouse did not hold what was pulled before; pulled anew")
    for batch in done.batches:
        console.say(f"{name}: {batch.state}, {plural(batch.row_count, 'row')} in {batch.relation}")
    if not done.batches:
        console.say(f"{name}: nothing new")
    if done.unseen:
        console.say(f"{name}: no row had {', '.join(done.unseen)}", style="yellow")
