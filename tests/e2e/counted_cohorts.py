"""The cohorts of online_retail counted from its file by pandas, without any SQL."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from tests.e2e.real_data import ONLINE_RETAIL
from tests.embedded_help import PROJECT_DIR


@cache
def lines_of_customers() -> pd.DataFrame:
    """Read the file: its priced lines of known customers, with the day of the first purchase."""
    lines = pd.read_csv(ONLINE_RETAIL, dtype={"InvoiceNo": str}, parse_dates=["InvoiceDate"])
    lines = lines[lines["CustomerID"].notna() & (lines["UnitPrice"] > 0)].copy()
    codes = pd.read_csv(PROJECT_DIR / "seeds" / "online_retail_special_codes.csv")
    charges = codes.loc[codes["product_kind"].isin(["postage", "fee"]), "stock_code"]
    is_goods = ~lines["StockCode"].str.strip().str.upper().isin(charges)
    lines["amount"] = (lines["Quantity"] * lines["UnitPrice"]).where(is_goods, 0.0)
    cancelled = lines["InvoiceNo"].str.startswith("C")
    lines["sold"] = (lines["Quantity"] > 0) & ~cancelled
    firsts = lines[lines["sold"]].groupby("CustomerID")["InvoiceDate"].min().dt.normalize()
    lines["first"] = lines["CustomerID"].map(firsts)
    # What came back before the first purchase that the file knows was bought before it begins.
    lines["returned"] = (
        cancelled & (lines["Quantity"] < 0) & (lines["InvoiceDate"] >= lines["first"])
    )
    return lines


def counted_cohorts(frequency: str) -> dict[tuple[date, int], list[float]]:
    """Count size, active customers, orders, revenue and returns of the cohorts from the file alone.

    Keys are the start of the cohort's month ("M") or week ("W-SUN") and the number of the period.
    """
    lines = lines_of_customers()
    cohort, period = (lines[day].dt.to_period(frequency) for day in ("first", "InvoiceDate"))
    grid = [cohort.rename("cohort"), period.rename("period")]
    sold = lines[lines["sold"]].groupby(grid)
    sums = pd.DataFrame(
        {
            "active": sold["CustomerID"].nunique(),
            "orders": sold["InvoiceNo"].nunique(),
            "revenue": sold["amount"].sum(),
            "returned": -lines[lines["returned"]].groupby(grid)["amount"].sum(),
        }
    ).fillna(0.0)
    sizes = lines[lines["sold"]].groupby(cohort)["CustomerID"].nunique()
    cells = {
        (start, start + number): float(size)
        for start, size in sizes.items()
        for number in range((period.max() - start).n + 1)
    }
    filled = sums.reindex(pd.MultiIndex.from_tuples(cells), fill_value=0.0)
    return {
        (start.start_time.date(), (at - start).n): [cells[start, at], *measures]
        for (start, at), measures in zip(cells, filled.to_numpy().tolist(), strict=True)
    }
