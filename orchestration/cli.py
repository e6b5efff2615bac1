"""`clientele`: the command line. Every command works on the database that the environment names."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import date
from typing import Annotated, NoReturn

import typer
from rich.console import Console as RichConsole
from typer.exceptions import TyperException

from orchestration.cli_api import api_app
from orchestration.cli_check import check
from orchestration.cli_dashboard import dashboard
from orchestration.cli_db import db_app
from orchestration.cli_export import export_app
from orchestration.cli_forget import forget
from orchestration.cli_gates import gates, readmit
from orchestration.cli_ml import backtest, evaluate, prune, score, train
from orchestration.cli_models import models_app
from orchestration.cli_options import AsOf, EvaluateAt, parse_day
from orchestration.cli_profile import profile
from orchestration.cli_roles import roles
from orchestration.cli_ways_in import fetch, pull
from orchestration.console import Console
from warehouse.errors import ClienteleError, UsageError

INTERRUPTED = 130


app = typer.Typer(
    name="clientele",
    help="Raw orders in; segments, churn and value out, in Postgres.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no database, 4 input refused, "
    "5 another job runs, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
db_app.command()(roles)
app.add_typer(db_app)
app.add_typer(export_app)
app.add_typer(api_app)
app.command()(dashboard)
app.command()(check)
app.command()(gates)
app.command()(readmit)
app.command()(profile)
app.command()(fetch)
app.command()(pull)
app.command()(forget)

ShopName = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="Name of your shop, where several export to the shop contract.",
        show_default="shop",
    ),
]


@app.callback()
def options(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")
    ] = False,
) -> None:
    """Keep the options that every command shares."""
    # Read by `main` once a command has failed.
    os.environ["CLIENTELE_VERBOSE"] = "1" if verbose else os.environ.get("CLIENTELE_VERBOSE", "")


@app.command()
def load(
    source: Annotated[str, typer.Argument(help="shop, sample, online_retail, olist, ...")],
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="CSV, JSON lines (both also .gz), Parquet or XLSX: files, folders of them, URLs."
        ),
    ] = None,
    table: Annotated[
        str | None, typer.Option(help="Table of the source, where file names do not tell.")
    ] = None,
    allow_extra_columns: Annotated[
        bool, typer.Option(help="Leave out columns that the contract does not know.")
    ] = False,
    name: ShopName = None,
) -> None:
    """Land files in the raw schema. The same content again changes nothing."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report import show_batches  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        show_batches(console, job.load(source, files or [], table, allow_extra_columns, name))


@app.command(context_settings={"ignore_unknown_options": True})
def build(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="Arguments for dbt build, after --.", metavar="DBT_ARGS"),
    ] = None,
    as_of: AsOf = None,
    add_as_of_date: Annotated[
        list[date] | None,
        typer.Option(
            parser=parse_day,
            metavar="YYYY-MM-DD",
            help="Build features as of this day too (repeatable).",
        ),
    ] = None,
    daily: Annotated[
        bool, typer.Option("--daily", help="Build only what the new rows touch.")
    ] = False,
) -> None:
    """Build and test the warehouse with dbt."""
    from orchestration.builds import whole_build_reason  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report import show_dbt, show_why_whole  # noqa: PLC0415

    if as_of and arguments:
        raise UsageError(
            "--as-of moves today for every model: leave the selection out, or run it without"
        )
    if daily and (as_of or add_as_of_date or arguments):
        raise UsageError("--daily decides for itself what to build: leave the rest out")
    console = Console()
    with start_job(console) as job:
        if daily:
            result = job.build_daily()
            show_why_whole(console, whole_build_reason(job.settings))
        else:
            result = job.build(
                arguments=arguments or [],
                as_of=as_of,
                extra_as_of_dates=add_as_of_date or [],
                scope="everything",
            )
        show_dbt(console, result)


app.command()(train)
app.command()(score)
app.command()(evaluate)
app.command()(backtest)
app.command()(prune)
app.add_typer(models_app)


@app.command()
def run(  # noqa: PLR0913 (what a command line may ask for)
    source: Annotated[
        str | None,
        typer.Argument(help="Shop to load first.", show_default="nothing new is loaded"),
    ] = None,
    files: Annotated[
        list[str] | None, typer.Argument(help="Its files; none for the bundled sample.")
    ] = None,
    as_of: AsOf = None,
    evaluate_at: EvaluateAt = None,
    name: ShopName = None,
    daily: Annotated[
        bool,
        typer.Option("--daily", help="Build only what the new rows touch; train nothing anew."),
    ] = False,
) -> None:
    """Do everything: load, build, train, score, build what stands on the predictions."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report import show_summary  # noqa: PLC0415

    if daily and (as_of or evaluate_at):
        raise UsageError(
            "--daily is for today: leave --as-of and --evaluate-at out, or run without --daily"
        )
    console = Console()
    with start_job(console) as job:
        result = job.run(source, files or [], as_of, evaluate_at, name, daily)
        show_summary(console, result)


def main() -> None:
    """Run the command line: errors are one line, Ctrl-C ends with 130."""
    try:
        # Without standalone mode typer returns the code of an early exit; Ctrl-C is one, with 130.
        code = app(standalone_mode=False)
    except ClienteleError as error:
        _fail(error.message, error.exit_code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except TyperException as error:
        _fail(f"{error.format_message()} See 'clientele --help'.", error.exit_code)
    except typer.Abort:
        _fail("stopped; nothing was changed", 1)
    except Exception as error:
        _fail(f"{type(error).__name__}: {error}", 1)
    if code == INTERRUPTED:
        _fail("interrupted; what was committed stays, and the next run goes on from there", code)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> NoReturn:
    if os.environ.get("CLIENTELE_VERBOSE") and sys.exc_info()[0]:
        traceback.print_exc()
    # The name of a file may hold anything, also what moves the cursor or is no character at all.
    shown = message.encode(errors="backslashreplace").decode()
    line = " ".join("".join(" " if ord(c) < 32 or c == "\x7f" else c for c in shown).split())
    RichConsole(stderr=True, highlight=False).print(
        f"clientele: {line}", style="red", markup=False, emoji=False, soft_wrap=True
    )
    sys.exit(code)
