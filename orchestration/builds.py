"""What dbt noted of its builds in raw.builds."""

from __future__ import annotations

from warehouse.connect import connect
from warehouse.settings import Settings

_NEWEST = "select is_full, reason from raw.builds order by build_number desc limit 1"


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
