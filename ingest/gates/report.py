"""The page of the gates as a file."""

from __future__ import annotations

from pathlib import Path

from ingest.gates import store
from ingest.gates.page import Page, read_page, render
from ingest.ledger import utc_now
from warehouse.connect import connect
from warehouse.errors import ClienteleError, UsageError
from warehouse.settings import Settings

FILE_NAME = "gates.html"
_SHOPS = "select distinct source_name from raw.load_batches order by source_name"


def write_page(
    settings: Settings, out: Path | None, source: str | None, newest: int
) -> tuple[Page, Path]:
    """Write the page about the newest batches; return what it shows and where it lies.

    Args:
        settings: as from `ensure_server`.
        out: the file; by default gates.html in the home folder.
        source: only this shop.
        newest: so many batches.

    Raises:
        UsageError: nothing was ever loaded for this shop, or the file cannot be written.
        ClienteleError: the tables are missing.
    """
    path = (out or settings.home_dir / FILE_NAME).absolute()
    with connect(settings) as conn, conn.cursor() as cursor:
        if unmade := store.missing_tables(cursor):
            raise ClienteleError(f"table {unmade[0]} is missing; run 'clientele build' to make it")
        if source is not None:
            cursor.execute(_SHOPS)
            known = [name for (name,) in cursor.fetchall()]
            if source not in known:
                raise UsageError(
                    f"nothing was loaded for '{source}'; shops: {', '.join(known) or 'none'}"
                )
        page = read_page(cursor, utc_now(), source, newest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(page), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return page, path
