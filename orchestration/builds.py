"""What dbt noted of its builds in raw.builds."""

from __future__ import annotations

from warehouse.connect import connect
from warehouse.settings import Settings

_TOUCHED = """
select distinct split_part(batches.table_name, '__', 1)
from raw.load_batches as batches
cross join (
    select upto_batch_id, finished_at from raw.builds order by build_number desc limit 1
) as newest
where batches.state = 'loaded'
    and (newest.finished_at is null or batches.batch_id > newest.upto_batch_id)
"""
_NEWEST = "select is_full, reason from raw.builds order by build_number desc limit 1"


def idle_sources(settings: Settings) -> list[str]:
    """Return the sources of which nothing was landed since the newest build, by name.

    Their own tables are as they were when they were last tested. None where nothing was built, or
    the newest build did not finish.

    Raises:
        DatabaseUnavailable: the database cannot be reached.
    """
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute("select exists (select from raw.builds where finished_at is not null)")
        (was_built,) = cursor.fetchone() or (False,)
        cursor.execute(_TOUCHED)
        touched = {name for (name,) in cursor.fetchall()}
    folders = (settings.project_dir / "models" / "staging").glob("*/base")
    return sorted({folder.parent.name for folder in folders} - touched) if was_built else []


def whole_build_reason(settings: Settings) -> str | None:
    """Return why the newest build made everything, or None where it made only what was touched.

    Raises:
        DatabaseUnavailable: the database cannot be reached.
    """
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(_NEWEST)
        newest = cursor.fetchone()
    if newest is None:
        return "nothing was built before"
    is_full, reason = newest
    return str(reason) if is_full else None
