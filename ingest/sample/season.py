"""The shop's common rhythm, and the clock that takes it out.

Customers buy at rate lambda_i * season(t), with one season for all, known and piecewise constant
by the hour. Operational time S(t), the integral of season, turns that into a plain Poisson
process: everything in `latent` and `probability` is written in operational days, of which an
average year has about as many as calendar days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from ingest.sample.config import Bools, Floats, Ints

HOUR = 3600
DAY = 24 * HOUR
# Death and horizons reach past the export; beyond the table an operational day is a calendar day.
YEARS_BEYOND_THE_EXPORT = 3

WEEKDAYS = np.array([0.92, 0.90, 0.95, 1.00, 1.05, 1.03, 1.15])  # Monday first
HOURS = np.concatenate(
    [
        [0.20, 0.10, 0.05, 0.05, 0.05, 0.10, 0.30, 0.60, 0.90, 1.10, 1.20, 1.30],
        [1.50, 1.30, 1.10, 1.10, 1.20, 1.30, 1.50, 1.90, 2.20, 2.20, 1.70, 1.05],
    ]
)
CAMPAIGN_UPLIFT = 1.25


@dataclass(frozen=True)
class Campaign:
    """A sale of every year: first and last day as (month, day), `depth` as a share of the price."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    depth: float


CAMPAIGNS = (
    Campaign("January sale", (1, 3), (1, 16), 0.20),
    Campaign("Spring days", (4, 10), (4, 19), 0.15),
    Campaign("Summer sale", (7, 1), (7, 14), 0.25),
    Campaign("Black week", (11, 22), (12, 1), 0.30),
)


def year_factor(day_of_year: Ints) -> Floats:
    """Yearly profile at days 1..366: a peak before Christmas, dips in February and August."""
    day = day_of_year.astype(float)
    peak = 0.90 * np.exp(-0.5 * ((day - 344) / 14) ** 2)
    winter_dip = 0.18 * np.exp(-0.5 * ((day - 45) / 20) ** 2)
    summer_dip = 0.12 * np.exp(-0.5 * ((day - 220) / 25) ** 2)
    return np.asarray(1 + peak - winter_dip - summer_dip)


def campaign_depth(days: pd.DatetimeIndex) -> Floats:
    """Depth of the sale that runs on each day, 0 where none does; shape (len(days),)."""
    month_day = np.asarray(days.month * 100 + days.day)
    depth = np.zeros(len(days))
    for sale in CAMPAIGNS:
        first, last = (month * 100 + day for month, day in (sale.first, sale.last))
        depth[(month_day >= first) & (month_day <= last)] = sale.depth
    return depth


def seasonality(start: date, end: date) -> pd.DataFrame:
    """One row per day from `start` to `end`: the daily intensity factor and its three parts."""
    days = pd.date_range(start, end, freq="D")
    depth = campaign_depth(days)
    scale = 1 / year_factor(np.arange(1, 366)).mean()
    frame = pd.DataFrame(
        {
            "date": days.strftime("%Y-%m-%d"),
            "year_factor": year_factor(np.asarray(days.day_of_year, dtype=np.int64)) * scale,
            "weekday_factor": (WEEKDAYS / WEEKDAYS.mean())[np.asarray(days.day_of_week)],
            "campaign_factor": np.where(depth > 0, CAMPAIGN_UPLIFT, 1.0),
            "campaign_depth": depth,
        }
    )
    parts = frame[["year_factor", "weekday_factor", "campaign_factor"]]
    frame.insert(1, "intensity", parts.prod(axis=1))
    return frame.round(8)


@dataclass(frozen=True)
class Clock:
    """Translates seconds since 1970 (UTC) into operational days since the shop's first day."""

    origin: int
    end: int  # the first second after the export
    knots: Floats  # seconds since origin, at the full hours
    elapsed: Floats  # operational days at the knots
    depths: Floats  # campaign depth by day since origin

    def operational(self, seconds: Ints) -> Floats:
        """Operational days at `seconds` (any shape), which must not lie before the origin."""
        since = np.asarray(seconds, dtype=float) - self.origin
        beyond = np.maximum(since - self.knots[-1], 0) / DAY
        return np.asarray(np.interp(since, self.knots, self.elapsed) + beyond)

    @property
    def span(self) -> float:
        """Operational days in the whole export."""
        return self.between(self.origin, self.end)

    def between(self, start: int, stop: int) -> float:
        """Operational days from second `start` to second `stop`."""
        first, last = self.operational(np.array([start, stop]))
        return float(last - first)

    def seconds(self, operational: Floats) -> Ints:
        """Inverse of `operational`, down to the full second."""
        beyond = np.maximum(operational - self.elapsed[-1], 0) * DAY
        since = np.interp(operational, self.elapsed, self.knots) + beyond
        return np.asarray(np.floor(since).astype(np.int64) + self.origin)

    def campaign_depth(self, seconds: Ints) -> Floats:
        """Depth of the sale running at `seconds`, which must lie within the table."""
        return np.asarray(self.depths[(seconds - self.origin) // DAY])

    def within(self, seconds: Ints) -> Bools:
        """Which `seconds` lie in the export's period."""
        return np.asarray((seconds >= self.origin) & (seconds < self.end))


def epoch_seconds(day: date) -> int:
    """Seconds since 1970 at the beginning of `day`, UTC."""
    return (day - date(1970, 1, 1)).days * DAY


@cache
def clock(start: date, end: date) -> Clock:
    """Build the clock of an export from `start` to `end`, both days included."""
    last = end + timedelta(days=366 * YEARS_BEYOND_THE_EXPORT)
    table = seasonality(start, last)
    hourly = np.outer(table["intensity"].to_numpy(), HOURS / HOURS.sum()).ravel()
    return Clock(
        origin=epoch_seconds(start),
        end=epoch_seconds(end) + DAY,
        knots=np.arange(hourly.size + 1, dtype=float) * HOUR,
        elapsed=np.concatenate([[0.0], np.cumsum(hourly)]),
        depths=table["campaign_depth"].to_numpy(),
    )


def campaign_calendar(start: date, end: date) -> pd.DataFrame:
    """One row per campaign and year that begins between `start` and `end`."""
    rows = [
        (sale.name, date(year, *sale.first), date(year, *sale.last), sale.depth, CAMPAIGN_UPLIFT)
        for year in range(start.year, end.year + 1)
        for sale in CAMPAIGNS
        if start <= date(year, *sale.first) <= end
    ]
    columns = ["campaign", "first_date", "last_date", "depth", "intensity_factor"]
    return pd.DataFrame(rows, columns=columns)
