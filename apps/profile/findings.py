"""What a reader should look at first, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from apps.profile.profiler import Profile
from apps.profile.text import listed, number, percent, plural

MUCH_MISSING = 0.3
MANY_OUTLIERS = 0.05
STRONG = 0.95
MOST_OF_A_KIND = 5

Level = Literal["problem", "notice"]


@dataclass(frozen=True)
class Finding:
    """One sentence; a problem contradicts what was declared or makes a column useless."""

    level: Level
    text: str


def findings(profile: Profile) -> list[Finding]:
    """Return what stands out in a table, problems first."""
    found = [
        *_broken_keys(profile),
        *_equal_rows(profile),
        *_useless_columns(profile),
        *_gaps(profile),
        *_outliers(profile),
        *_twins(profile),
    ]
    return sorted(found, key=lambda finding: finding.level != "problem")


def _broken_keys(profile: Profile) -> Iterator[Finding]:
    for found in profile.duplicates:
        if found.is_key and found.extra_rows:
            yield Finding(
                "problem",
                f"{found.title} is declared unique, but has "
                f"{plural(found.extra_rows, 'row')} too many (values that repeat: "
                f"{number(found.groups)}).",
            )


def _equal_rows(profile: Profile) -> Iterator[Finding]:
    for found in profile.duplicates:
        if found.is_key or not found.extra_rows:
            continue
        share = percent(found.extra_rows / profile.row_count)
        what = "repeat another row exactly"
        if found.title != "Whole rows":
            what = "repeat another row in everything but key and landing columns"
        yield Finding("notice", f"{number(found.extra_rows)} rows ({share}) {what}.")
        return  # the second comparison counts the same rows again


def _useless_columns(profile: Profile) -> Iterator[Finding]:
    empty = [part.column.name for part in profile.columns if part.stats.is_empty]
    if empty:
        yield Finding("problem", f"Never filled: {listed(empty, MOST_OF_A_KIND)}.")
    constant = [part.column.name for part in profile.columns if part.is_useless]
    if constant:
        yield Finding("notice", f"Always the same value: {listed(constant, MOST_OF_A_KIND)}.")


def _gaps(profile: Profile) -> Iterator[Finding]:
    gaps = sorted(
        (part for part in profile.columns if MUCH_MISSING <= part.stats.missing_share < 1),
        key=lambda part: -part.stats.missing_share,
    )
    if gaps:
        names = [f"{part.column.name} ({percent(part.stats.missing_share)})" for part in gaps]
        yield Finding("notice", f"Often missing: {listed(names, MOST_OF_A_KIND)}.")
    blank = [
        f"{part.column.name} ({number(part.stats.blank)})"
        for part in profile.columns
        if part.stats.blank
    ]
    if blank:
        yield Finding(
            "notice", f"Text that is there but blank: {listed(blank, MOST_OF_A_KIND)} rows."
        )


def _outliers(profile: Profile) -> Iterator[Finding]:
    far: list[str] = []
    odd: list[str] = []
    for part in profile.columns:
        if part.spread is None:
            continue
        share = (part.spread.beyond_iqr or 0) / part.spread.present
        if share > MANY_OUTLIERS:
            far.append(f"{part.column.name} ({percent(share)})")
        lost = part.stats.present - part.spread.present
        if lost:
            odd.append(f"{part.column.name} ({number(lost)})")
    if far:
        yield Finding("notice", f"Many values far outside: {listed(far, MOST_OF_A_KIND)}.")
    if odd:
        yield Finding("problem", f"NaN, infinite or beyond 1e100: {listed(odd, MOST_OF_A_KIND)}.")


def _twins(profile: Profile) -> Iterator[Finding]:
    strong = [pair for pair in profile.correlations if abs(pair.spearman) >= STRONG]
    names: Sequence[str] = [f"{pair.left} and {pair.right}" for pair in strong]
    if names:
        yield Finding("notice", f"Say nearly the same: {listed(names, MOST_OF_A_KIND)}.")
