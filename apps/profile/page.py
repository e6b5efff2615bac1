"""Write profiles as HTML pages that open without a network."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from apps.profile.distributions import MOST_COLUMNS_WITH_CHARTS, table_report
from apps.profile.findings import findings
from apps.profile.profiler import Profile
from apps.profile.text import listed, number, percent, plural
from warehouse.errors import UsageError

TEMPLATES = Path(__file__).parent / "templates"


def page_of(profile: Profile, index: str | None = None) -> str:
    """Return the page of one table.

    Args:
        profile: as from `profile_relation`.
        index: where the list of the source's tables is, relative to the page.
    """
    has_frame = bool(profile.row_count) and bool(profile.frame.shape[1])
    return _render(
        "page.html",
        profile=profile,
        index=index,
        findings=findings(profile),
        report=table_report(profile.frame) if has_frame else "",
        chart_limit=MOST_COLUMNS_WITH_CHARTS,
    )


def index_of(source: str, profiles: Sequence[Profile]) -> str:
    """Return the page that lists the tables of a source."""
    return _render(
        "index.html",
        source=source,
        tables=[(profile, findings(profile), file_name(profile)) for profile in profiles],
    )


def file_name(profile: Profile) -> str:
    """Return a file name for the page of a table, safe on every system."""
    name = profile.relation.full_name
    safe = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in name)
    return f"{safe.lstrip('.-') or 'table'}.html"


def write_page(path: Path, text: str) -> None:
    """Write a page whole or not at all, with the folders it needs.

    Raises:
        UsageError: it cannot be written there.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        reason = error.strerror or type(error).__name__
        raise UsageError(f"cannot write {path}: {reason}; name another place with --out") from error


def _render(template: str, **values: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(number=number, percent=percent, listed=listed, plural=plural)
    made_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return environment.get_template(template).render(made_at=made_at, **values)
