"""Which version scores, and how it is changed: by the gate, by hand, or back again.

`ml.model_promotions` is append-only and the one truth; SQL, scoring and the API read it. Each
change is one row, so there is no moment at which two versions score or none does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection

from ml import artefact as artefacts
from ml import store
from ml.store import Promotion
from warehouse.connect import connect
from warehouse.errors import UsageError
from warehouse.settings import Settings

_ROWS = """
select kind, model_version, from_version, reason, run_id, promoted_at from ml.model_promotions
where task_name = %s and source_name = %s order by promoted_at, promotion_id
"""
_VERSIONS = """
select r.model_version, r.model_name, r.trained_as_of_date, r.training_row_count, r.trained_at,
    r.first_as_of_date, r.evaluated_as_of_date, r.features, r.parameters, r.training_seconds,
    r.run_id
from ml.model_runs as r
where r.task_name = %s and r.source_name = %s order by r.trained_at, r.run_id
"""
_PAIRS = "select distinct task_name, source_name from ml.model_runs order by 1, 2"


@dataclass(frozen=True)
class Word:
    """A row of ml.model_promotions."""

    kind: str
    model_version: str
    from_version: str | None
    reason: str
    run_id: str | None
    promoted_at: datetime


@dataclass(frozen=True)
class Version:
    """A trained version, and the newest word on it."""

    model_version: str
    model_name: str
    trained_as_of_date: object
    training_row_count: int
    trained_at: datetime
    first_as_of_date: object
    evaluated_as_of_date: object
    features: str | None
    parameters: str | None
    training_seconds: float | None
    run_id: str
    word: Word | None
    is_champion: bool
    has_file: bool


def pairs(conn: connection) -> list[tuple[str, str]]:
    """Return (task, shop) of everything that was ever trained."""
    with conn.cursor() as cursor:
        cursor.execute(_PAIRS)
        return [(str(task), str(source)) for task, source in cursor.fetchall()]


def words(conn: connection, task: str, source: str) -> list[Word]:
    """Return every word on the versions of a task and shop, oldest first."""
    with conn.cursor() as cursor:
        cursor.execute(_ROWS, (task, source))
        return [Word(*row) for row in cursor.fetchall()]


def versions(conn: connection, models_dir: Path, task: str, source: str) -> list[Version]:
    """Return every trained version of a task and shop, oldest first; trained again, it is one."""
    said = {word.model_version: word for word in words(conn, task, source)}
    champion = store.champion_version(conn, task, source)
    with conn.cursor() as cursor:
        cursor.execute(_VERSIONS, (task, source))
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    rows: dict[str, dict[str, Any]] = {str(row["model_version"]): row for row in found}
    return [
        Version(
            **row,
            word=said.get(version),
            is_champion=version == champion,
            has_file=artefacts.artefact_path(models_dir, source, task, version).exists(),
        )
        for version, row in rows.items()
    ]


def challenger_version(found: list[Word]) -> str | None:
    """The newest version that was kept out since the champion took over, or None."""
    newest = found[-1] if found else None
    return newest.model_version if newest and newest.kind == "kept" else None


def reigns(found: list[Word]) -> list[str]:
    """The versions that scored, in order, with those that were rolled back taken out.

    The last one scores now; the one before it is what a rollback brings back.
    """
    stack: list[str] = []
    for word in found:
        if word.kind == "kept":
            continue
        if word.kind == "rolled_back" and word.model_version in stack:
            while stack[-1] != word.model_version:
                stack.pop()
        elif not stack or stack[-1] != word.model_version:
            stack.append(word.model_version)
    return stack


def roll_back(settings: Settings, models_dir: Path, task: str, source: str, reason: str) -> Word:
    """Let the champion before this one score again, from the next scoring on.

    Raises:
        UsageError: there was none before.
        ClienteleError: its file is gone or unreadable; nothing is changed.
    """
    with connect(settings) as conn:
        stack = reigns(words(conn, task, source))
        if len(stack) < 2:
            raise UsageError(
                f"{task} of {source} has no champion before this one: nothing to go back to"
            )
        return _appoint(conn, models_dir, task, source, stack[-2], "rolled_back", reason)


def promote(  # noqa: PLR0913 (what a command line may ask for)
    settings: Settings, models_dir: Path, task: str, source: str, version: str, reason: str
) -> Word:
    """Let a version score, whatever the gate said.

    Raises:
        UsageError: there is no such version, or it is the champion.
        ClienteleError: its file is gone or unreadable; nothing is changed.
    """
    with connect(settings) as conn:
        known = versions(conn, models_dir, task, source)
        matching = [each for each in known if each.model_version.startswith(version)]
        if len(matching) != 1:
            shown = ", ".join(each.model_version for each in known[-5:]) or "none"
            what = "no" if not matching else "more than one"
            raise UsageError(f"{task} of {source} has {what} version {version}; newest: {shown}")
        if matching[0].is_champion:
            raise UsageError(f"{matching[0].model_version} is the champion already")
        chosen = matching[0].model_version
        return _appoint(conn, models_dir, task, source, chosen, "promoted", reason)


def _appoint(  # noqa: PLR0913 (what the row holds)
    conn: connection,
    models_dir: Path,
    task: str,
    source: str,
    version: str,
    kind: str,
    reason: str,
) -> Word:
    # Read it first: what cannot be loaded must not become what scores.
    artefacts.load(models_dir, source, task, version)
    before = store.champion_version(conn, task, source)
    store.append_promotion(conn, task, source, Promotion(kind, version, before, reason))
    return words(conn, task, source)[-1]
