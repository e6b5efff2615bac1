"""What is on screen at the end: what landed, what was built, how good the models are."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from ingest.landing import BatchResult
from orchestration.console import Console
from orchestration.dbt_runner import DbtResult
from orchestration.job import RunResult
from orchestration.report_ml import show_models
from orchestration.tables import table as _table
from warehouse.connect import connect
from warehouse.settings import Settings

MOST_FILES = 20
MOST_WARNINGS = 10

LANDED = """
with landed as (
    select source_name, count(*) as files, sum(row_count)::bigint as landed
    from raw.load_batches where state = 'loaded' group by source_name
),
rejected as (
    select source_name, count(*) as rejected from staging.staging_rejects group by source_name
)
select source_name, files, landed, coalesce(rejected, 0), landed - coalesce(rejected, 0)
from landed left join rejected using (source_name) order by source_name
"""


def show_summary(console: Console, result: RunResult) -> None:
    """Print the summary of a run."""
    console.output.print()
    landed = _rows(result.settings, LANDED, ())
    if not landed:
        console.say("nothing is loaded yet: run 'clientele run sample'", style="yellow")
    console.output.print(_landed(landed))
    show_why_whole(console, result.why_whole)
    console.output.print(_built(result.dbt))
    show_models(console, result)
    _next_steps(console, result.settings)


def show_why_whole(console: Console, reason: str | None) -> None:
    """Say why a daily build built everything after all."""
    if reason is not None:
        console.say(f"Everything was built: {reason}", style="yellow")


def show_batches(console: Console, batches: list[BatchResult]) -> None:
    """Print what became of each file; a long list by its sums."""
    for batch in batches if len(batches) <= MOST_FILES else []:
        console.say(
            f"{batch.path.name}: {batch.state}, {batch.row_count:,} rows in {batch.relation}"
        )
    for batch in batches:
        if batch.extra_columns:
            left_out = ", ".join(batch.extra_columns)
            console.say(f"{batch.path.name}: left out {left_out}", style="yellow")
    _show_absent(console, batches)
    _show_warnings(console, batches)
    new = [batch for batch in batches if batch.state == "loaded"]
    console.say(
        f"{len(new)} of {len(batches)} files were new, "
        f"with {sum(batch.row_count for batch in new):,} rows. Next: clientele build"
    )


def _show_absent(console: Console, batches: list[BatchResult]) -> None:
    """Print once per table what its files do without, and what follows from it."""
    said = {
        (batch.table, column.header): column.without
        for batch in batches
        for column in batch.absent_columns
    }
    for (table, header), without in said.items():
        # Without a word in the contract, the column is just null.
        console.say(f"{table} without {header}: {without or 'it is null.'}", style="dim")


def _show_warnings(console: Console, batches: list[BatchResult]) -> None:
    """Print what is odd about batches that were loaded all the same."""
    said = [f"{batch.path.name}: {text}" for batch in batches for text in batch.warnings]
    for text in said[:MOST_WARNINGS]:
        console.say(f"warning: {text}", style="yellow")
    if len(said) > MOST_WARNINGS:
        rest = len(said) - MOST_WARNINGS
        console.say(f"and {rest:,} more warnings: 'clientele gates' shows them all", style="yellow")


def show_dbt(console: Console, result: DbtResult) -> None:
    """Print what dbt built and tested."""
    console.output.print(_built(result))


def _landed(landed: list[tuple[Any, ...]]) -> Table:
    table = _table("Raw rows", "shop", "files", "rows landed", "rejected", "staged")
    for shop, *numbers in landed:
        table.add_row(shop, *(f"{number:,}" for number in numbers))
    return table


def _built(result: DbtResult) -> Table:
    table = _table("dbt build", "kind", "passed")
    names = {
        "model": "models",
        "test": "data tests",
        "unit_test": "unit tests",
        "seed": "seeds",
    }
    for kind, name in names.items():
        if kind in result.counts:
            table.add_row(name, f"{result.counts[kind]:,}")
    for warning in result.warnings:
        table.add_row("warning", escape(warning))
    return table


def _rows(settings: Settings, query: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def _next_steps(console: Console, settings: Settings) -> None:
    info = settings.connection
    console.output.print("\n[bold]Where to look next[/bold]")
    steps = {
        "SQL": ".venv/bin/clientele db psql -- -c 'select * from marts.customer_360 limit 5'",
        "BI tools": f"Postgres at {info.host}:{info.port}, database {info.dbname}, "
        f"user {info.user}; '.venv/bin/clientele db url' prints the password",
        "dbt": ".venv/bin/dbt build (same database), .venv/bin/dbt docs generate",
        "Docs": "README.md, docs/developing_models.md, docs/developing_ml.md",
    }
    for name, text in steps.items():
        console.say(f"  {name:<9}{text}")
