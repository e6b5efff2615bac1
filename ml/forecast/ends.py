"""The newest day of a history, which may not have been over when the orders were taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecast.panel import TOTAL

COMPARED = 8
LEAST = 4
EARLY_MINUTES = 60


def is_last_day_over(frame: pd.DataFrame, as_of: pd.Timestamp) -> bool:
    """Whether the day before `as_of` was over when its orders were taken.

    It was not where its last order came more than an hour before the earliest last order of the
    last eight days of the same weekday. Sources without times of day, days without sales and
    weekdays with less than four days to compare with are taken as over.
    """
    total = frame[frame["series_level"] == TOTAL]
    last = as_of - pd.Timedelta(days=1)
    newest = total[total["sales_date"] == last]
    alike = total[(total["sales_date"] < last) & (_weekday(total) == last.day_of_week)]
    others = alike.sort_values("sales_date")["last_order_minute"].to_numpy()[-COMPARED:]
    if newest.empty or len(others) < LEAST or others.max() <= 0:
        return True
    earliest = int(np.min(others))
    return int(newest["last_order_minute"].iloc[0]) >= earliest - EARLY_MINUTES


def _weekday(total: pd.DataFrame) -> pd.Series:
    weekday: pd.Series = total["sales_date"].dt.day_of_week
    return weekday
