"""`clientele forget`: erase a customer and prove it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.text import plural
from orchestration.console import Console
from warehouse.errors import ClienteleError

if TYPE_CHECKING:
    from orchestration.forget import Outcome, Plan

MOST_PLACES = 20


def forget(
    customers: Annotated[
        list[str],
        typer.Argument(
            help="customer_id as in marts.dim_customers, or any account as source:number.",
            metavar="CUSTOMER...",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Erase customers everywhere, rebuild, and search the whole database for what is left."""
    from orchestration.forget import carry_out, forgetting  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415

    console = Console()
    with start_job(console) as job, forgetting(job, customers) as (conn, plan):
        show_plan(console, plan)
        if dry_run:
            console.say("Dry run: nothing was changed.")
            return
        if not yes:
            typer.confirm("This cannot be undone. Forget them?", abort=True)
        outcome = carry_out(job, conn, plan)
    show_outcome(console, plan, outcome)
    if left := len(outcome.search.hits) + len(outcome.search.unread):
        raise ClienteleError(
            f"{plural(left, 'place')} above may still hold them; docs/governance.md says what to do"
        )


def show_plan(console: Console, plan: Plan) -> None:
    """Print who is meant and what would change; never the personal values themselves."""
    for person in plan.persons:
        console.say(f"{person.customer_id}: {plural(len(person.accounts), 'account')}")
    for account, pseudonym in plan.found.accounts.items():
        console.say(f"  {account.account_id} becomes {pseudonym or 'nobody'}")
    counts: dict[str, int] = {}
    for value in plan.found.values:
        counts[value.kind] = counts.get(value.kind, 0) + 1
    for kind, count in counts.items():
        console.say(f"  {plural(count, kind)} known")
    for kind, holders in plan.found.holders.items():
        shown = ", ".join(sorted(holders)[:3])
        console.say(
            f"  the same {kind} is held by {plural(len(holders), 'other account')} ({shown}), "
            "where it stays",
            style="yellow",
        )
    console.say("Rows to change:")
    for relation, count in {**plan.found.rows, **plan.scores}.items():
        console.say(f"  {relation:<34}{count:>8,}")
    for path in plan.files:
        console.say(f"  file {_shown(path)}")


def show_outcome(console: Console, plan: Plan, outcome: Outcome) -> None:
    """Print what was changed, what was searched, and the places of what was found."""
    console.say("Changed:")
    for relation, count in outcome.changed.items():
        console.say(f"  {relation:<34}{count:>8,}")
    for path in outcome.removed:
        console.say(f"  removed {_shown(path)}")
    if plan.model_count:
        console.say(
            f"{plural(plan.model_count, 'model')} learned from rows of these shops and keep none; "
            "the next 'clientele train' fits anew, since the rows have another key now."
        )
    search = outcome.search
    kinds = ", ".join(dict.fromkeys(term.kind for term in plan.terms))
    console.say(
        f"Searched {plural(search.columns, 'text column')} of {plural(search.tables, 'table')}, "
        f"the planner's statistics and {plural(search.files, 'file')} for {kinds}: "
        f"{plural(sum(hit[2] for hit in search.hits), 'hit')}."
    )
    for place, kind, count in search.hits[:MOST_PLACES]:
        console.say(f"  {place}: {plural(count, 'row')} with {kind}", style="red")
    for place in search.unread[:MOST_PLACES]:
        console.say(f"  {place}: not searched, no right to read it", style="red")


def _shown(path: Path) -> Path:
    """Return a path as short as it can be from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
