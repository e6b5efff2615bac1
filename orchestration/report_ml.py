"""What is on screen about models: how good they are, which versions there are, who scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from orchestration.console import Console
from orchestration.job import Job, RunResult
from orchestration.tables import table
from warehouse.connect import connect
from warehouse.errors import ClienteleError, UsageError
from warehouse.settings import Settings

if TYPE_CHECKING:
    from ml.champions import Version, Word
    from ml.jobs import Report
    from ml.pruning import Pruned
    from ml.task import Evaluation

HEADLINES = """
select task_name, source_name, model_name, metric_name, metric_value, ci_lower, ci_upper,
    baseline_name, baseline_value
from predictions.model_evaluations
where is_champion and metric_name = any(%s)
order by task_name, source_name, metric_name desc, baseline_name
"""
# Of the tables of ml, so that a training is seen before the predictions are built on it.
STORED = """
with candidates as (
    select *, coalesce(evaluation_kind, 'holdout') as kind from ml.evaluations
    where task_name = any(%(tasks)s) and (%(source)s is null or source_name = %(source)s)
),
shown as (
    select distinct on (c.task_name, c.source_name) c.task_name, c.source_name, c.run_id
    from candidates as c
    left join lateral (
        select p.model_version from ml.model_promotions as p
        where p.task_name = c.task_name and p.source_name = c.source_name and p.kind <> 'kept'
        order by p.promoted_at desc, p.promotion_id desc limit 1
    ) as champion on true
    where c.kind = %(kind)s
    order by c.task_name, c.source_name,
        (c.model_version is not distinct from champion.model_version) desc,
        c.evaluated_at desc, c.run_id desc
)
select c.task_name, c.source_name, c.model_name, c.is_champion, c.metric_name, c.metric_value,
    c.ci_lower, c.ci_upper, c.baseline_name, c.baseline_value, c.gain_lower, c.gain_upper,
    c.evaluated_as_of_date, c.sample_count, c.protocol, c.kind
from candidates as c
join shown using (task_name, source_name, run_id)
where c.kind in (%(kind)s, %(kind)s || ' date')
order by c.task_name, c.source_name, c.kind, c.evaluated_as_of_date, c.is_champion desc,
    c.model_name, c.metric_name, c.baseline_name
"""
EVALUATION_FIELDS = (
    *("model_name", "is_champion", "metric_name", "metric_value", "ci_lower", "ci_upper"),
    *("baseline_name", "baseline_value", "gain_lower", "gain_upper"),
    *("evaluated_as_of_date", "sample_count", "protocol", "evaluation_kind"),
)
DECISIONS = {
    "first": "scores from now on",
    "promoted": "scores from now on",
    "kept": "does not score, the champion stays",
    "rolled_back": "scores again",
}
NOTHING = {
    "holdout": "no evaluation is stored: run 'clientele train'",
    "backtest": "no backtest is stored: run 'clientele backtest'",
}


def show_reports(console: Console, reports: list[Report]) -> None:
    """Print what training, testing or scoring did, one line per task and shop."""
    if not reports:
        console.say("no shop has orders: load some and run 'clientele build'", style="yellow")
    for report in reports:
        version = f"model {report.model_version}" if report.model_version else ""
        rows = f"{report.row_count:,} rows" if report.row_count else ""
        parts = [part for part in (version, rows, report.note) if part]
        console.say(
            f"{report.task_name} of {report.source_name}: {report.outcome}"
            + (f" ({', '.join(parts)})" if parts else "")
        )
        if report.decision:
            style = "yellow" if report.decision.kind == "kept" else None
            said = DECISIONS[report.decision.kind]
            console.say(f"  {said}: {report.decision.reason}", style=style)


def show_models(console: Console, result: RunResult) -> None:
    """Print how good the models are, and why some are not there."""
    console.output.print(_headlines(result.settings))
    for report in result.trained:
        if report.outcome == "skipped":
            console.say(f"No model: {report.note}", style="yellow")
        if report.decision and report.decision.kind == "kept":
            said = f"{report.task_name} of {report.source_name}: the new model does not score"
            console.say(f"{said}: {report.decision.reason}", style="yellow")


def show_stored(  # noqa: PLR0913 (what a command line may ask for)
    console: Console, job: Job, tasks: Sequence[str], source: str | None, kind: str, every: bool
) -> None:
    """Print stored evaluations: of the training of what scores, or of the newest backtest."""
    from ml import jobs  # noqa: PLC0415

    job.make_tables()
    names = [jobs.find_task(name).name for name in tasks or jobs.TASKS]
    asked = {"tasks": names, "source": source, "kind": kind}
    rows = _rows(job.settings, STORED, asked)
    if not rows:
        console.say(NOTHING[kind], style="yellow")
    for (task, shop, _), found in groupby(rows, key=lambda row: (row[0], row[1], row[15] != kind)):
        each = list(found)
        if each[0][15] == kind:
            console.output.print(_evaluations(task, shop, each, every))
        else:
            console.output.print(_by_date(task, shop, each))


def show_evaluations(
    console: Console, found: list[tuple[str, str, list[Evaluation]]], every: bool
) -> None:
    """Print evaluations that are not stored."""
    for task, shop, evaluations in found:
        rows = [
            (task, shop, *(getattr(each, name) for name in EVALUATION_FIELDS))
            for each in evaluations
        ]
        console.output.print(_evaluations(task, shop, rows, every))


def show_versions(console: Console, job: Job, task: str | None, source: str | None) -> None:
    """Print every version of every model, oldest first."""
    from ml import champions, jobs  # noqa: PLC0415

    if task is not None:
        jobs.find_task(task)
    made = table(
        "Models", "task", "shop", "version", "estimator", "trained", "rows", "state", "why"
    )
    with connect(job.settings) as conn:
        for name, shop in champions.pairs(conn):
            if task in (None, name) and source in (None, shop):
                for each in champions.versions(conn, job.models_dir, name, shop):
                    made.add_row(*_version_row(name, shop, each))
    if not made.row_count:
        console.say("no model was trained: run 'clientele train'", style="yellow")
        return
    console.output.print(made)


def show_version(
    console: Console, job: Job, task: str, source: str | None, version: str | None
) -> None:
    """Print what is known of one version.

    Raises:
        UsageError: there is no such version.
    """
    from ml import champions  # noqa: PLC0415

    shop = job.shop_of(task, source)
    with connect(job.settings) as conn:
        known = champions.versions(conn, job.models_dir, task, shop)
        said = champions.words(conn, task, shop)
    chosen = _chosen(known, version)
    if chosen is None:
        shown = ", ".join(each.model_version for each in known[-5:])
        what = f"no version {version}" if version else "no version that scores"
        raise UsageError(f"{task} of {shop} has {what}; newest: {shown}")
    made = table(f"{task} of {shop}, version {chosen.model_version}", "what", "value")
    for name, value in _facts(chosen).items():
        made.add_row(name, escape(str(value)))
    console.output.print(made)
    for word in said:
        if chosen.model_version in (word.model_version, word.from_version):
            console.say(
                f"{word.promoted_at:%Y-%m-%d %H:%M} {word.kind} {word.model_version}: {word.reason}"
            )


def show_word(console: Console, task: str, word: Word) -> None:
    """Print who scores now."""
    before = f", instead of {word.from_version}" if word.from_version else ""
    console.say(f"{task}: {word.model_version} {DECISIONS[word.kind]}{before} ({word.reason}). ")
    console.say("Next: clientele score, then clientele build -- -s source:ml+")


def _headlines(settings: Settings) -> Table:
    from ml import jobs  # noqa: PLC0415 (a load reports too, and does without ml/)

    metrics = sorted({name for task in jobs.TASKS.values() for name in task.headline_metrics})
    made = table(
        "How good the models are (protocol: predictions.model_evaluations)",
        *("task", "shop", "model", "metric", "value (95% interval)", "baselines"),
    )
    rows = _rows(settings, HEADLINES, (metrics,))
    for key, group in groupby(rows, key=lambda row: row[:4]):
        found = list(group)
        value, lower, upper = found[0][4:7]
        baselines = "\n".join(f"{name} {_number(number)}" for *_, name, number in found)
        made.add_row(*key, _interval(value, lower, upper), baselines)
    return made


def _evaluations(task: str, shop: str, rows: list[tuple[Any, ...]], every: bool) -> Table:
    day, count, protocol = rows[0][12:15]
    made = table(
        f"{task} of {shop}, as of {day}, {count:,} rows",
        *("model", "metric", "value (95% interval)", "baseline", "its value", "gain (95%)"),
    )
    made.caption, made.caption_justify = escape(str(protocol)), "left"
    shown = [row for row in rows if every or row[3]]
    last: tuple[Any, ...] = ()
    for row in shown:
        key = row[2], row[4]
        head = (row[2], row[4], _interval(*row[5:8])) if key != last else ("", "", "")
        gain = _interval(row[5] - row[9], row[10], row[11]) if row[10] is not None else ""
        made.add_row(*map(escape, (*head, row[8], _number(row[9]), gain)))
        last = key
    return made


def _by_date(task: str, shop: str, rows: list[tuple[Any, ...]]) -> Table:
    """One line per date and metric: a backtest is more than its mean."""
    metrics = list(dict.fromkeys(row[4] for row in rows))
    made = table(f"{task} of {shop}, date by date", "as of", "rows", *metrics)
    for day, group in groupby(rows, key=lambda row: row[12]):
        found = {row[4]: row for row in group}
        count = next(iter(found.values()))[13]
        cells = [_interval(*found[name][5:8]) if name in found else "" for name in metrics]
        made.add_row(str(day), f"{count:,}", *cells)
    return made


def _version_row(task: str, shop: str, version: Version) -> Iterable[str]:
    word = version.word
    state = "scores" if version.is_champion else (word.kind if word else "")
    if state in ("first", "promoted", "rolled_back"):
        state = "scored before"
    if not version.has_file:
        state += ", file lost"
    return (
        task,
        shop,
        version.model_version,
        version.model_name,
        f"{version.trained_at:%Y-%m-%d %H:%M}",
        f"{version.training_row_count:,}",
        state,
        escape(word.reason if word else ""),
    )


def _chosen(known: Sequence[Version], asked: str | None) -> Version | None:
    if asked is None:
        return next((each for each in known if each.is_champion), None)
    matching = [each for each in known if each.model_version.startswith(asked)]
    return matching[0] if len(matching) == 1 else None


def _facts(version: Version) -> dict[str, Any]:
    return {
        "scores": "yes" if version.is_champion else "no",
        "estimator": version.model_name,
        "trained at": f"{version.trained_at:%Y-%m-%d %H:%M} UTC, in "
        f"{version.training_seconds or 0.0:.1f} s",
        "as-of dates": f"{version.first_as_of_date} to {version.trained_as_of_date}",
        "measured at": version.evaluated_as_of_date,
        "rows": f"{version.training_row_count:,}",
        "parameters": version.parameters or "defaults",
        "features": version.features,
    }


def _interval(value: float, lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return _number(value)
    return f"{_number(value)} ({_number(lower)} to {_number(upper)})"


def _number(value: float | None) -> str:
    """Three digits behind the point, none for amounts."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"


def _rows(settings: Settings, query: str, params: Any) -> list[tuple[Any, ...]]:
    try:
        with connect(settings) as conn, conn.cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()
    except Exception as error:
        if isinstance(error, ClienteleError):
            raise
        raise ClienteleError(f"{str(error).splitlines()[0]}: run 'clientele build'") from error


def show_pruned(console: Console, found: Sequence[Pruned], dry_run: bool) -> None:
    """Print what was dropped of each table and shop, or would be."""
    if not found:
        console.say("There are no scores yet.")
        return
    verb = "runs to drop" if dry_run else "runs dropped"
    rows = table("Past scores", "table", "source", "runs", verb, "rows")
    for each in found:
        rows.add_row(
            each.table,
            escape(each.source_name),
            f"{each.run_count:,}",
            f"{each.dropped_run_count:,}",
            f"{each.dropped_row_count:,}",
        )
    console.output.print(rows)
