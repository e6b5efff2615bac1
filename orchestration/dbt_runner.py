"""dbt, run inside this process, so that a killed job leaves no dbt behind that goes on writing."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from warehouse.errors import ClienteleError, UsageError
from warehouse.profile import dbt_environment, profile_dir
from warehouse.settings import Settings

Advance = Callable[[int, int], None]
"""Called with the number of finished nodes and the number of all."""

FAILED = ("error", "fail", "runtime error")
PREDICTIONS = "source:ml+"
# Tests that look at every row of large tables. A daily build leaves them out.
EVERY_ROW = "tag:every_row"
# Read by macros/restating/begin_build.sql.
BUILD_VARIABLE = "CLIENTELE_BUILD"
Scope = Literal["", "everything", "new_scores"]
"""What a build is told beside its selection: nothing; to build whole tables, also where a part of
them would do; to test of the stored scores only those that are new."""
ANEW = "--no-partial-parse"
BUILT = {"model", "test", "unit_test", "seed"}
MOST_SHOWN = 5
# dbt keeps what it has parsed in hundreds of thousands of objects: looking through them at Python's
# own rate takes a quarter of the time of a parse and finds next to nothing.
COLLECT_AFTER = (100_000, 20, 20)


@dataclass
class DbtResult:
    """What one dbt invocation did: nodes by resource type and status."""

    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: DbtResult) -> DbtResult:
        """Return the sum of two invocations."""
        kinds = self.counts.keys() | other.counts.keys()
        return DbtResult(
            {kind: self.counts.get(kind, 0) + other.counts.get(kind, 0) for kind in kinds},
            self.warnings + other.warnings,
            self.seconds + other.seconds,
        )


def target_dir(settings: Settings) -> Path:
    """Where dbt keeps its manifest."""
    return settings.target_dir


def manifest_path(settings: Settings) -> Path:
    """The manifest of the newest dbt run."""
    return target_dir(settings) / "manifest.json"


def dbt_build(  # noqa: PLR0913 (as dbt has them)
    settings: Settings,
    arguments: Sequence[str] = (),
    as_of: date | None = None,
    extra_as_of_dates: Sequence[date] = (),
    advance: Advance | None = None,
    scope: Scope = "",
) -> DbtResult:
    """Run `dbt build`.

    Args:
        settings: where to build.
        arguments: of dbt, a selection for example.
        as_of: the day that counts as today.
        extra_as_of_dates: further days to build features for.
        advance: told how far it is.
        scope: see `Scope`.

    Raises:
        ClienteleError: a model or test failed, or dbt could not start; names what failed.
        UsageError: the arguments select nothing.
    """
    overrides = _variables(as_of, extra_as_of_dates)
    variables = ["--vars", json.dumps(overrides)] if overrides else []
    with _environment({BUILD_VARIABLE: scope}):
        result = _invoke(settings, ["build", *arguments, *variables], advance)
    if not result.counts.keys() & BUILT:
        raise UsageError(
            f"dbt build {' '.join(arguments)}: the selection matches no model, test or seed"
        )
    return result


def create_declared_tables(settings: Settings) -> None:
    """Create the raw and ml tables that the sources YAML declares, where they are missing.

    Raises:
        ClienteleError: dbt could not.
    """
    _invoke(settings, ["run-operation", "create_declared_tables"], None)


def _variables(as_of: date | None, extra: Sequence[date]) -> dict[str, Any]:
    variables: dict[str, Any] = {"as_of_date": as_of.isoformat()} if as_of else {}
    if extra:
        variables["run_as_of_dates"] = sorted({day.isoformat() for day in extra})
    return variables


def _invoke(settings: Settings, arguments: list[str], advance: Advance | None) -> DbtResult:
    log_dir = target_dir(settings).parent / "logs"
    flags = ["--log-level", "none", "--log-level-file", "info", "--no-use-colors"]
    flags += ["--log-path", str(log_dir)]
    places = [
        "--project-dir",
        str(settings.project_dir),
        "--profiles-dir",
        str(profile_dir(settings)),
        "--target-path",
        str(target_dir(settings)),
    ]
    command = [*flags, *arguments, *places]
    with _environment(dbt_environment(settings)), _few_collections():
        # Partial parsing keeps the unit tests of models that the change disables, and then fails.
        answer = _ask([ANEW, *command] if _sources_changed(settings) else command, advance)
    if isinstance(answer.exception, KeyboardInterrupt):
        raise answer.exception
    if answer.exception is not None:
        raise ClienteleError(_one_line(str(answer.exception), log_dir)) from answer.exception
    result = _summarise(answer.result)
    if not answer.success:
        raise ClienteleError(_failures(answer.result, log_dir))
    return result


def _ask(command: list[str], advance: Advance | None) -> Any:
    """Give dbt a command. A project that it cannot read by what it remembers is read anew.

    Tests that were renamed or moved since, by a `git pull` perhaps, stand in its way. If it is the
    project that is wrong, dbt says so again.
    """
    # Imported here: dbt takes a second to import, and most commands never need it.
    from dbt.cli.main import dbtRunner  # noqa: PLC0415
    from dbt.exceptions import CompilationError, ParsingError  # noqa: PLC0415

    progress = _Progress(advance)
    answer = dbtRunner(callbacks=[progress]).invoke(command)
    is_unread = isinstance(answer.exception, (CompilationError, ParsingError))
    if is_unread and not progress.has_read and ANEW not in command:
        return dbtRunner(callbacks=[progress]).invoke([ANEW, *command])
    return answer


def _sources_changed(settings: Settings) -> bool:
    """Tell whether CLIENTELE_SOURCES is another than at the last call, and note it."""
    chosen = os.environ.get("CLIENTELE_SOURCES", "")
    path = target_dir(settings) / "clientele_sources.txt"
    if path.exists() and path.read_text("utf-8") == chosen:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(chosen, "utf-8")
    return True


class _Progress:
    """Turns dbt's events into finished and total nodes."""

    def __init__(self, advance: Advance | None) -> None:
        self.advance = advance
        self.has_read = False
        """Whether the project has been read, so that what fails now is in the work itself."""
        self.total = 0
        self.done = 0

    def __call__(self, event: Any) -> None:
        if event.info.name == "FoundStats":
            self.has_read = True
        elif event.info.name == "ConcurrencyLine":
            self.total = int(event.data.node_count)
        elif event.info.name == "NodeFinished" and self.advance:
            self.done += 1
            self.advance(self.done, max(self.total, self.done))


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    kept = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for garbage less often."""
    kept = gc.get_threshold()
    gc.set_threshold(*COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*kept)


def _results(result: Any) -> list[Any]:
    return list(getattr(result, "results", None) or [])


def _summarise(result: Any) -> DbtResult:
    summary = DbtResult(seconds=float(getattr(result, "elapsed_time", 0.0) or 0.0))
    for row in _results(result):
        node = getattr(row, "node", None)
        kind = str(getattr(node, "resource_type", "operation"))
        summary.counts[kind] = summary.counts.get(kind, 0) + 1
        if str(row.status) == "warn":
            summary.warnings.append(f"{node.name}: {row.message}" if node else str(row.message))
    return summary


def _failures(result: Any, log_dir: Path) -> str:
    rows = [row for row in _results(result) if str(row.status) in FAILED]
    shown = [f"{row.node.name}: {_squeezed(row.message)}" for row in rows[:MOST_SHOWN]]
    more = f" (+{len(rows) - MOST_SHOWN} more)" if len(rows) > MOST_SHOWN else ""
    reason = "; ".join(shown) or "dbt failed without naming a model"
    return f"dbt: {reason}{more}; see {log_dir / 'dbt.log'}"


def _one_line(text: str, log_dir: Path) -> str:
    return f"dbt: {_squeezed(text)}; see {log_dir / 'dbt.log'}"


def _squeezed(text: str | None) -> str:
    return " ".join((text or "no message").split())[:300]
