"""The steps of Clientele in their order: load, build, train, score, build the predictions.

The command line, the scheduler and the tests all call these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.contract import load_contract
from ingest.given import given_paths
from ingest.landing import BatchResult, load_files
from orchestration.builds import whole_build_reason
from orchestration.console import Console
from orchestration.dbt_runner import (
    EVERY_ROW,
    PREDICTIONS,
    DbtResult,
    Scope,
    create_declared_tables,
    dbt_build,
    manifest_path,
)
from orchestration.declared_tables import missing_columns
from warehouse.connect import JOB_LOCK, advisory_lock, connect, ensure_server
from warehouse.errors import ClienteleError, UsageError
from warehouse.freed_memory import hand_back
from warehouse.settings import Settings, load_settings

if TYPE_CHECKING:
    from ml.champions import Word
    from ml.jobs import Report
    from ml.pruning import Pruned
    from ml.task import Evaluation, Task

# ml/ and the sample are imported where they are used: they bring 200 MB of libraries that a load
# does without.

SHOP = "shop"
# Unit tests try the SQL on rows of their own: `dbt build`, `clientele build` and CI run them. A job
# that loads data has no news for them.
DATA_ONLY = ("--exclude-resource-type", "unit_test")
SAMPLE = "sample"
SAMPLE_TABLES = ("customers", "products", "orders", "order_items", "returns")


@dataclass
class RunResult:
    """What a whole run did."""

    settings: Settings
    batches: list[BatchResult] = field(default_factory=list)
    dbt: DbtResult = field(default_factory=DbtResult)
    why_whole: str | None = None
    trained: list[Report] = field(default_factory=list)
    scored: list[Report] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """A running job: the database is up and nobody else works on it."""

    settings: Settings
    console: Console

    def load(
        self,
        source: str,
        files: Sequence[str | Path],
        table: str | None = None,
        allow_extra_columns: bool = False,
        shop: str | None = None,
    ) -> list[BatchResult]:
        """Land files of a source; the sample shop is made when no file is given.

        Args:
            source: a source, or sample: the shop of that name in source shop.
            files: files, folders, and URLs of them.
            table: the table for all of the files, whatever their names.
            allow_extra_columns: leave out columns that the contract does not know.
            shop: name of the shop, where several load into the source.

        Raises:
            UsageError: no file of a source other than the sample.
            InputRefused: a file breaks its contract; nothing of it is stored.
        """
        contract, shop = (SHOP, SAMPLE) if source == SAMPLE else (source, shop)
        load_contract(self.settings.project_dir, contract)
        paths = list(files) or self._sample_files(source)
        self.make_tables()
        with ExitStack() as downloads:
            with self.console.file_progress("Downloading") as progress:
                here = given_paths(paths, self.settings.home_dir, progress)
                local = downloads.enter_context(here)
            with self.console.file_progress(f"Loading {source}") as progress:
                return load_files(
                    self.settings,
                    contract,
                    local,
                    shop=shop,
                    table=table,
                    allow_extra_columns=allow_extra_columns,
                    progress=progress,
                )

    def make_tables(self) -> None:
        """Create the declared tables that are missing; dbt is not even asked where none is.

        Raises:
            ClienteleError: dbt could not.
        """
        if missing_columns(self.settings):
            with self.console.working("Creating tables"):
                create_declared_tables(self.settings)

    def build(
        self,
        title: str = "Building the warehouse",
        arguments: Sequence[str] = (),
        as_of: date | None = None,
        extra_as_of_dates: Sequence[date] = (),
        scope: Scope = "",
    ) -> DbtResult:
        """Run `dbt build`, see `orchestration.dbt_runner.Scope`.

        Raises:
            ClienteleError: a model or a test failed.
        """
        with self.console.count_progress(title) as advance:
            built = dbt_build(self.settings, arguments, as_of, extra_as_of_dates, advance, scope)
        # What comes next scores, and needs the memory in which dbt held the project.
        hand_back()
        return built

    def build_daily(self, arguments: Sequence[str] = ()) -> DbtResult:
        """Build what the batches since the last build touch, and test that.

        Where it turns out that everything must be built, the tests of every row follow.

        Raises:
            ClienteleError: a model or a test failed.
        """
        without = [*arguments, EVERY_ROW] if arguments else ["--exclude", EVERY_ROW]
        result = self.build("Building what is new", [*without, *DATA_ONLY])
        if whole_build_reason(self.settings) is None:
            return result
        tests = ["--select", EVERY_ROW, *arguments]
        return result.add(self.build("Testing every row", tests))

    def train(  # noqa: PLR0913 (what a command line may ask for)
        self,
        tasks: Sequence[str] = (),
        source: str | None = None,
        evaluate_at: date | None = None,
        force: bool = False,
        evaluated: str | None = None,
        missing_only: bool = False,
        trials: int = 0,
    ) -> list[Report]:
        """Train tasks (all of them by default) on every shop or on one.

        Args:
            tasks: names of tasks.
            source: the only shop to train on.
            evaluate_at: as-of date to measure at instead of the newest possible.
            force: train even if nothing changed.
            evaluated: the only shop that `evaluate_at` speaks of.
            missing_only: leave alone what has a model.
            trials: how many sets of parameters tuning tries, 0 without tuning.

        Raises:
            UsageError: an unknown task or a shop without orders.
        """
        from ml import jobs  # noqa: PLC0415

        pairs = self._pairs(tasks, source)
        pairs.sort(key=lambda pair: pair[0].name != jobs.TRAINS_FIRST)
        with self.console.count_progress("Training") as advance:
            reports = []
            for number, (task, shop) in enumerate(pairs, start=1):
                reports.append(
                    jobs.train(
                        self.settings,
                        manifest_path(self.settings),
                        self.models_dir,
                        task,
                        shop,
                        evaluate_at if evaluated in (None, shop) else None,
                        force,
                        missing_only,
                        trials,
                    )
                )
                hand_back()
                advance(number, len(pairs))
        if any(report.outcome == "trained" for report in reports):
            self._mirror()
        return reports

    def _mirror(self) -> None:
        """Bring MLflow up to date. Where that fails, what counts is done already: say so."""
        from ml import registry  # noqa: PLC0415

        if not registry.is_on():
            return
        try:
            with self.console.working("Telling MLflow"):
                registry.mirror(self.settings, self.models_dir)
        except ClienteleError as error:
            self.console.say(error.message, style="yellow")

    def evaluate(
        self, tasks: Sequence[str], source: str | None, evaluate_at: date
    ) -> list[tuple[str, str, list[Evaluation]]]:
        """Fit and measure tasks as of a date; nothing is stored.

        Returns:
            Task, shop and evaluations.

        Raises:
            UsageError: an unknown task or a shop without orders.
            ClienteleError: there is no such date, or too few rows.
        """
        from ml import jobs  # noqa: PLC0415

        manifest = manifest_path(self.settings)
        found = []
        pairs = self._pairs(tasks, source)
        with self.console.count_progress("Evaluating") as advance:
            for number, (task, shop) in enumerate(pairs, start=1):
                rows = jobs.evaluate(self.settings, manifest, task, shop, evaluate_at)
                found.append((task.name, shop, rows))
                advance(number, len(pairs))
        return found

    def backtest(
        self, tasks: Sequence[str] = (), source: str | None = None, most: int | None = None
    ) -> list[Report]:
        """Test tasks that have an outcome as of many past dates, and store how they did.

        Raises:
            UsageError: an unknown task, one without an outcome, or a shop without orders.
        """
        from ml import jobs  # noqa: PLC0415

        manifest = manifest_path(self.settings)
        names = self.settings.tasks or tuple(jobs.TASKS)
        wanted = tasks or [name for name in names if jobs.can_be_backtested(name)]
        reports = []
        for task, shop in self._pairs(wanted, source):
            with self.console.count_progress(f"Backtesting {task.name} of {shop}") as advance:
                reports.append(jobs.backtest(self.settings, manifest, task, shop, most, advance))
        return reports

    def promote(self, task: str, source: str | None, version: str, reason: str) -> Word:
        """Let a version score.

        Raises:
            UsageError: there is no such version, or several shops could be meant.
        """
        from ml import champions  # noqa: PLC0415

        self.make_tables()
        shop = self.shop_of(task, source)
        word = champions.promote(self.settings, self.models_dir, task, shop, version, reason)
        self._mirror()
        return word

    def roll_back(self, task: str, source: str | None, reason: str) -> Word:
        """Let the champion before this one score again.

        Raises:
            UsageError: there was none, or several shops could be meant.
        """
        from ml import champions  # noqa: PLC0415

        self.make_tables()
        shop = self.shop_of(task, source)
        word = champions.roll_back(self.settings, self.models_dir, task, shop, reason)
        self._mirror()
        return word

    def shop_of(self, task: str, source: str | None) -> str:
        """Return the shop that is meant: the named one, or the only one with such a model.

        Raises:
            UsageError: no model, or several shops have one and none is named.
        """
        from ml import champions, jobs  # noqa: PLC0415

        jobs.find_task(task)
        with connect(self.settings) as conn:
            known = [shop for name, shop in champions.pairs(conn) if name == task]
        if source is not None and source in known:
            return source
        if source is None and len(known) == 1:
            return known[0]
        if not known:
            raise UsageError(f"no shop has a model of {task}: run 'clientele train {task}'")
        raise UsageError(f"name the shop with --source; {task} has models of {', '.join(known)}")

    def score(
        self,
        tasks: Sequence[str] = (),
        source: str | None = None,
        as_of: date | None = None,
        explain: bool = True,
    ) -> list[Report]:
        """Score tasks (all of them by default) for every shop or for one.

        Raises:
            UsageError: an unknown task or a shop without orders.
        """
        from ml import jobs  # noqa: PLC0415

        pairs = self._pairs(tasks, source)
        with self.console.count_progress("Scoring") as advance:
            reports = []
            for number, (task, shop) in enumerate(pairs, start=1):
                reports.append(
                    jobs.score(self.settings, self.models_dir, task, shop, as_of, explain)
                )
                hand_back()
                advance(number, len(pairs))
        return reports

    def prune(self, keep_days: int, dry_run: bool = False) -> list[Pruned]:
        """Drop past scores that nothing reads, see `ml.pruning`; or only say which."""
        from ml import jobs, pruning  # noqa: PLC0415

        self.make_tables()
        tables = [task.score_table for task in jobs.TASKS.values()]
        with self.console.working("Counting" if dry_run else "Dropping past scores"):
            return pruning.prune(self.settings, tables, keep_days, dry_run)

    def run(  # noqa: PLR0913 (what a command line may ask for)
        self,
        source: str | None,
        files: Sequence[str | Path],
        as_of: date | None = None,
        evaluate_at: date | None = None,
        shop: str | None = None,
        daily: bool = False,
    ) -> RunResult:
        """Do everything: load, build, train, score, and build what stands on the predictions.

        Args:
            source: a source to load first, or None.
            files: its files.
            as_of: the day that counts as today.
            evaluate_at: as-of date to measure models at.
            shop: name of the shop, where several load into the source.
            daily: build what the new batches touch, and train only what has no model.
        """
        result = RunResult(self.settings)
        if source is not None:
            result.batches = self.load(source, files, shop=shop)
        extra = [evaluate_at] if evaluate_at else []
        if daily:
            result.dbt = self.build_daily(["--exclude", PREDICTIONS])
            result.why_whole = whole_build_reason(self.settings)
        else:
            result.dbt = self.build(
                arguments=["--exclude", PREDICTIONS, *DATA_ONLY],
                as_of=as_of,
                extra_as_of_dates=extra,
                scope="everything",
            )
        result.trained = self.train(
            evaluate_at=evaluate_at, evaluated=shop or source, missing_only=daily
        )
        result.scored = self.score()
        is_day = daily and result.why_whole is None
        fewer = ["--exclude", EVERY_ROW] if is_day else []
        predictions = self.build(
            "Building predictions",
            ["--select", PREDICTIONS, *fewer, *DATA_ONLY],
            as_of,
            extra_as_of_dates=extra,
            scope="new_scores" if is_day else "",
        )
        result.dbt = result.dbt.add(predictions)
        return result

    @property
    def models_dir(self) -> Path:
        """Where fitted models are kept."""
        return self.settings.home_dir / "models"

    def _pairs(self, tasks: Sequence[str], source: str | None) -> list[tuple[Task, str]]:
        """Every task with every shop that has features of it."""
        from ml import jobs  # noqa: PLC0415

        chosen = [jobs.find_task(name) for name in tasks or self.settings.tasks or jobs.TASKS]
        manifest = manifest_path(self.settings)
        shops = {task.name: jobs.sources(self.settings, manifest, task) for task in chosen}
        known = sorted({shop for found in shops.values() for shop in found})
        if source is not None and source not in known:
            raise UsageError(
                f"{source} has no orders of known customers, no subscriptions, no reviews; shops "
                f"that have some: {', '.join(known) or 'none'}; load some and run 'clientele build'"
            )
        return [
            (task, shop) for task in chosen for shop in shops[task.name] if source in (None, shop)
        ]

    def _sample_files(self, source: str) -> list[Path]:
        if source != SAMPLE:
            raise UsageError(f"name the files to load: clientele load {source} FILE...")
        from ingest.sample import SampleConfig, write_shop  # noqa: PLC0415

        with self.console.working("Making the sample shop"):
            folder = write_shop(SampleConfig(), self.settings.home_dir / SAMPLE)
        return [folder / f"{name}.csv" for name in SAMPLE_TABLES]


@contextmanager
def start_job(console: Console) -> Iterator[Job]:
    """Bring the database up and keep other jobs out for as long as the block runs.

    Raises:
        DatabaseUnavailable: the database cannot be started or reached.
        Busy: another job runs.
    """
    settings = load_settings()
    with console.working("Starting Postgres" if _is_embedded(settings) else "Connecting"):
        settings = ensure_server(settings)
    with connect(settings, autocommit=True) as conn, advisory_lock(conn, JOB_LOCK):
        yield Job(settings, console)


def _is_embedded(settings: Settings) -> bool:
    return settings.connection.kind == "embedded"
