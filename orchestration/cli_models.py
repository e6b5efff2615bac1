"""`clientele models`: which versions there are, which one scores, and how to change that."""

from __future__ import annotations

import subprocess
from typing import Annotated

import typer

from orchestration.cli_options import Source
from orchestration.console import Console
from warehouse.errors import ClienteleError, UsageError

models_app = typer.Typer(
    name="models",
    help="Versions of the models: list, show, promote, roll back, look at them in MLflow.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Task = Annotated[str, typer.Argument(help="churn, segmentation ...", metavar="TASK")]
Reason = Annotated[str, typer.Option(help="Why, for the record.", show_default=False)]


@models_app.command("list")
def list_versions(
    task: Annotated[
        str | None,
        typer.Argument(help="Only this task.", metavar="TASK", show_default="all tasks"),
    ] = None,
    source: Source = None,
) -> None:
    """List every trained version, which one scores, and what the gate said."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_versions  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        job.make_tables()
        show_versions(console, job, task, source)


@models_app.command()
def show(
    task: Task,
    source: Source = None,
    version: Annotated[
        str | None,
        typer.Argument(help="Or the beginning of it.", show_default="the one that scores"),
    ] = None,
) -> None:
    """Show one version: data window, features, parameters, metrics, and every word on it."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_version  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        job.make_tables()
        show_version(console, job, task, source, version)


@models_app.command()
def promote(
    task: Task,
    version: Annotated[str, typer.Argument(help="Or the beginning of it.")],
    source: Source = None,
    reason: Reason = "by hand",
) -> None:
    """Let a version score from the next scoring on, whatever the gate said."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_word  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        show_word(console, task, job.promote(task, source, version, reason))


@models_app.command()
def rollback(task: Task, source: Source = None, reason: Reason = "by hand") -> None:
    """Let the champion before this one score again, from the next scoring on."""
    from orchestration.job import start_job  # noqa: PLC0415
    from orchestration.report_ml import show_word  # noqa: PLC0415

    console = Console()
    with start_job(console) as job:
        show_word(console, task, job.roll_back(task, source, reason))


@models_app.command()
def ui(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="On loopback.")] = 5000,
) -> None:
    """Start MLflow's pages on this machine, with the warehouse's store; Ctrl-C ends them."""
    from ml import registry  # noqa: PLC0415
    from orchestration.job import start_job  # noqa: PLC0415

    if not registry.is_on():
        raise UsageError(f"{registry.SWITCH} is off: unset it to have MLflow's store filled")
    console = Console()
    with start_job(console) as job:
        with console.working("Bringing MLflow up to date"):
            job.make_tables()
            registry.mirror(job.settings, job.models_dir)
        settings, models_dir = job.settings, job.models_dir
    console.say(f"MLflow: http://127.0.0.1:{port} (Ctrl-C ends it)")
    command = registry.ui_command(models_dir, "127.0.0.1", port)
    ended = subprocess.run(command, env=registry.ui_environment(settings), check=False)
    if ended.returncode:
        raise ClienteleError(
            f"mlflow ui ended with {ended.returncode}: is port {port} taken? Try another --port"
        )
