"""Reads sales and calendar of a shop. The only module of `ml.forecast` that reads the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ml.columns import AS_OF_DATE
from ml.forecast.panel import CALENDAR
from warehouse.bulk import read_frame
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

NO_MINUTE = -1
"""Of days without a time: of no day of sales, or of a category."""
COLUMNS = (
    *("source_name", "as_of_date", "series_level", "series_key", "sales_date"),
    *("net_revenue_amount", "last_order_minute", "is_closure", "is_promotion", "is_holiday"),
)

# The total, countries and categories of a shop, and its named products: all others are the rest,
# which is the total less what is read.
_SALES = """
select series_level, series_key, sales_date,
    cast(net_revenue_amount as double precision) as net_revenue_amount,
    coalesce(last_order_minute, -1) as last_order_minute
from features.ftr_sales_daily
where source_name = $1 and sales_date < $2
    and (series_level <> 'product' or series_key = any($3))
order by series_level, series_key, sales_date
"""
_DAYS = """
select date_day as sales_date, is_closure, promotion_name is not null as is_promotion,
    coalesce(holiday_country_code, '') as country, coalesce(holiday_subdivision_code, '') as part
from features.ftr_sales_calendar where source_name = $1 order by date_day
"""
_NEWEST = """
select max(as_of_date) as as_of from features.ftr_sales_calendar where source_name = $1
"""
_TOP = """
select series_key from features.ftr_sales_daily
where source_name = $1 and series_level = 'product' and sales_date < $2 and sales_date >= $3
group by series_key having sum(net_revenue_amount) > 0
order by sum(net_revenue_amount) desc, series_key limit $4
"""


def newest_date(settings: Settings, source: str) -> date | None:
    """Return the first day of which the sales of a shop are not known; None for no shop."""
    found = read_frame(settings, _NEWEST, (source,))
    return None if found.empty or pd.isna(found["as_of"].iloc[0]) else _day(found["as_of"].iloc[0])


def top_products(settings: Settings, source: str, as_of: date, most: int) -> list[str]:
    """Return the products with the most revenue in the year before a day, most first."""
    year_ago = as_of - timedelta(days=365)
    return [
        str(key) for key in read_frame(settings, _TOP, (source, as_of, year_ago, most)).iloc[:, 0]
    ]


def read_sales(
    settings: Settings, source: str, as_of: date, products: Sequence[str], days_ahead: int
) -> pd.DataFrame:
    """Return the calendar of a shop and its sales strictly before a day.

    Returns:
        Rows of days (level `calendar`, no sales) from the first day of the shop to `days_ahead`
        past `as_of`, then rows of series and days with sales; see COLUMNS.

    Raises:
        ClienteleError: the calendar does not reach that far.
    """
    days = _calendar(settings, source, as_of, days_ahead)
    sales = read_frame(settings, _SALES, (source, as_of, list(products)))
    sales = sales.assign(is_closure=False, is_promotion=False, is_holiday=False)
    frame = pd.concat([days, sales], ignore_index=True)
    frame["sales_date"] = pd.to_datetime(frame["sales_date"])
    named = frame.assign(source_name=source, **{AS_OF_DATE: pd.Timestamp(as_of)})
    return named[list(COLUMNS)].astype({"last_order_minute": "int64", "net_revenue_amount": float})


def _calendar(settings: Settings, source: str, as_of: date, days_ahead: int) -> pd.DataFrame:
    days = read_frame(settings, _DAYS, (source,))
    days["sales_date"] = pd.to_datetime(days["sales_date"])
    end = pd.Timestamp(as_of) + pd.Timedelta(days=days_ahead)
    if days.empty or days["sales_date"].iloc[-1] < end - pd.Timedelta(days=1):
        raise ClienteleError(
            f"the calendar of {source} does not reach {days_ahead} days past {as_of}: "
            f"run 'clientele build --as-of {as_of}'"
        )
    days = days[days["sales_date"] < end]
    blank: dict[str, Any] = {"series_level": CALENDAR, "series_key": "", "net_revenue_amount": 0.0}
    days = days.assign(**blank, last_order_minute=NO_MINUTE, is_holiday=_holidays(days))
    return days.drop(columns=["country", "part"])


def _holidays(days: pd.DataFrame) -> np.ndarray:
    """Which days are public holidays where the shop is; none where nobody said where that is.

    Raises:
        ClienteleError: the seed names a country or part that the holidays package does not know.
    """
    country, part = days["country"].iloc[0], days["part"].iloc[0]
    if not country:
        return np.zeros(len(days), dtype=bool)
    import holidays  # noqa: PLC0415 (hundreds of countries are imported with it)

    dates = days["sales_date"].dt.date
    years = range(dates.iloc[0].year, dates.iloc[-1].year + 1)
    parts = holidays.list_supported_countries().get(country)
    if parts is None or (part and part not in parts):
        known_parts = f"; of {country} it knows {', '.join(parts)}" if parts else ""
        what = f"country_code {country}" if parts is None else f"subdivision_code {part}"
        raise ClienteleError(
            f"seed shop_holiday_countries: the holidays package knows no {what}{known_parts}"
        )
    known = holidays.country_holidays(country, subdiv=part or None, years=years)
    return np.array([day in known for day in dates], dtype=bool)


def _day(value: Any) -> date:
    found: date = pd.Timestamp(value).date()
    return found
