"""The filters that hold on every page, kept in the address so that it can be sent to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Bounds:
    """What there is to choose from in one shop."""

    first_date: date
    last_date: date
    currency: str
    countries: tuple[str, ...]
    personas: tuple[str, ...]


@dataclass(frozen=True)
class Filters:
    """What was chosen. Dates are inclusive; None of the others means all."""

    source: str
    first_date: date
    last_date: date
    country: str | None = None
    persona: str | None = None

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.last_date - self.first_date).days + 1

    def before(self) -> Filters:
        """The same for as many days just before."""
        last = self.first_date - timedelta(days=1)
        return Filters(
            self.source, last - timedelta(days=self.days - 1), last, self.country, self.persona
        )

    def address(self) -> dict[str, str]:
        """The filters as parameters of the address; what is not set is left out."""
        found = {
            "source": self.source,
            "from": self.first_date.isoformat(),
            "to": self.last_date.isoformat(),
            "country": self.country,
            "segment": self.persona,
        }
        return {name: value for name, value in found.items() if value is not None}


def from_address(address: Mapping[str, str], source: str, bounds: Bounds) -> Filters:
    """Read filters out of an address; what cannot be meant is left at its default.

    The default period is the newest 365 days of the shop, or all of it where it is younger.
    """
    year = bounds.last_date - timedelta(days=364)
    first = _day(address.get("from")) or max(bounds.first_date, year)
    last = _day(address.get("to")) or bounds.last_date
    first = min(max(first, bounds.first_date), bounds.last_date)
    last = min(max(last, first), bounds.last_date)
    country, persona = address.get("country"), address.get("segment")
    return Filters(
        source,
        first,
        last,
        country if country in bounds.countries else None,
        persona if persona in bounds.personas else None,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
