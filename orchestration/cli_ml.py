"""`clientele train | score | evaluate | backtest`: the models."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli_options import AsOf, EvaluateAt, Source, Tasks
from orchestration.console import Console
from warehouse.errors import UsageError

DEFAULT_TRIALS = 30


def train(  # noqa: PLR0913 (what a command line may ask for)
    tasks: Tasks = None,
    source: Source = None,
    evaluate_at: EvaluateAt = None,
    force: Annotated[bool, typer.Option(help="Train even if nothing changed.")] = False,
    tune: Annotated[
        bool, typer.Option("--tune", help="Look for better parameters, in the past only.")
    ] = False,
    trials: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Sets of parameters that --tune tries per estimator.",
            show_default=str(DEFAULT_TRIALS),
        ),
    ] = None,
) -> None:
    """Train models on the features, measure them on later customers, and pass them by the gate.

    A model scores only if it beats the one that does, on the same later customers and beyond noise.
    """
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_reports  # noqa: PLC0415

    if trials is not None and not tune:
        raise UsageError("--trials is for --tune: add it")
    console = Console()
    with start_job(console) as job:
        asked = (trials or DEFAULT_TRIALS) if tune else 0
        reports = job.train(tasks or [], source, evaluate_at, force, trials=asked)
        show_reports(console, reports)


def score(
    tasks: Tasks = None,
    source: Source = None,
    as_of: AsOf = None,
    explain: Annotated[
        bool, typer.Option(help="Store the reasons of each score, where the task has some.")
    ] = True,
) -> None:
    """Score every customer with the models that score now, and append to the ml schema."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_reports  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        show_reports(console, job.score(tasks or [], source, as_of, explain))


def evaluate(
    tasks: Tasks = None,
    source: Source = None,
    evaluate_at: EvaluateAt = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every estimator, not only the one that was kept.")
    ] = False,
) -> None:
    """Show how good the models are, with 95% intervals and baselines on the same customers.

    Shows what the training of the model that scores has stored; with a date, fits and measures
    anew as of that date and stores nothing.
    """
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_evaluations, show_stored  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        if evaluate_at is None:
            show_stored(console, job, tasks or [], source, "holdout", every)
        else:
            show_evaluations(console, job.evaluate(tasks or [], source, evaluate_at), every)


def backtest(
    tasks: Tasks = None,
    source: Source = None,
    dates: Annotated[
        int | None,
        typer.Option(min=1, help="Only as many of the newest dates.", show_default="all of them"),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every estimator, not only the whole procedure.")
    ] = False,
) -> None:
    """Test as of many past dates, each fitted only to what was known then, and store the result."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_reports, show_stored  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        reports = job.backtest(tasks or [], source, dates)
        show_reports(console, reports)
        done = list(dict.fromkeys(r.task_name for r in reports if r.outcome == "backtested"))
        if done:
            show_stored(console, job, done, source, "backtest", every)


def prune(
    keep_days: Annotated[
        int,
        typer.Option(min=0, help="Keep every day of so many before the newest scored day."),
    ] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Drop past scores that no mart reads any more; for the cron job, once a month.

    Kept are the newest scores and every day of the last weeks.
    Of older ones: the day in force when a month began, for histories of customers;
    the first day of a month of each model version, for what came true.
    """
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_pruned  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        show_pruned(console, job.prune(keep_days, dry_run), dry_run)
