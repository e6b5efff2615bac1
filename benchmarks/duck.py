"""DuckDB makes the same core marts from the same CSV files, beside it.

It is given the easier work: typed columns without checks of single values, one version of each
row (but for products, which come again), no identity resolution, no tests, no comments on columns,
no indexes. What it makes is compared by counts and sums, so that it is the same result.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

SQL = Path(__file__).parent / "duckdb"
MARTS = (
    "fct_order_items",
    "fct_returns",
    "fct_orders",
    "dim_customers",
    "customer_rfm",
    "sales_daily",
)
MONEY = "decimal(18, 4)"
COLUMNS: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id": "varchar",
        "full_name": "varchar",
        "email": "varchar",
        "country": "varchar",
        "acquisition_channel": "varchar",
        "signed_up_at": "timestamp",
    },
    "products": {
        "product_id": "varchar",
        "product_name": "varchar",
        "category": "varchar",
        "list_price": MONEY,
        "unit_cost": MONEY,
    },
    "orders": {
        "order_id": "varchar",
        "customer_id": "varchar",
        "ordered_at": "timestamp",
        "channel": "varchar",
        "currency": "varchar",
        "discount_amount": MONEY,
        "shipping_amount": MONEY,
        "status": "varchar",
    },
    "order_items": {
        "order_id": "varchar",
        "line_number": "int",
        "product_id": "varchar",
        "quantity": "int",
        "unit_price": MONEY,
        "discount_amount": MONEY,
    },
    "returns": {
        "return_id": "varchar",
        "order_id": "varchar",
        "line_number": "int",
        "product_id": "varchar",
        "quantity": "int",
        "returned_at": "timestamp",
        "refund_amount": MONEY,
        "reason": "varchar",
    },
}
# What is compared, in SQL that both engines read: a count, and sums that no order of rows changes.
CHECKS: dict[str, Sequence[str]] = {
    "fct_order_items": (
        "count(*)",
        "count(distinct order_item_id)",
        "count(distinct customer_id)",
        "sum(quantity)",
        "sum(gross_amount)",
        "sum(discount_amount)",
        "sum(net_revenue_amount)",
        "sum(shipping_amount)",
        "sum(gross_margin_amount)",
    ),
    "fct_returns": (
        "count(*)",
        "count(distinct order_item_id)",
        "sum(quantity)",
        "sum(returned_amount)",
    ),
    "fct_orders": (
        "count(*)",
        "count(distinct customer_id)",
        "sum(customer_order_number)",
        "sum(line_count)",
        "sum(product_count)",
        "sum(unit_count)",
        "sum(net_revenue_amount)",
        "sum(gross_margin_amount)",
        "sum(returned_amount)",
    ),
    "dim_customers": (
        "count(*)",
        "count(distinct email)",
        "sum(account_count)",
        "sum(order_count)",
        "sum(net_revenue_amount)",
        "max(signed_up_at)",
        "min(first_ordered_at)",
    ),
    "customer_rfm": (
        "count(*)",
        "max(as_of_date)",
        "sum(days_since_last_order)",
        "sum(order_count)",
        "sum(net_revenue_amount)",
        "sum(recency_score)",
        "sum(frequency_score)",
        "sum(monetary_score)",
        "count(distinct rfm_segment)",
        "sum(case when rfm_segment = 'Champions' then 1 else 0 end)",
    ),
    "sales_daily": (
        "count(*)",
        "min(date_day)",
        "max(date_day)",
        "sum(order_count)",
        "sum(customer_count)",
        "sum(new_customer_count)",
        "sum(unit_count)",
        "sum(net_revenue_amount)",
        "sum(returned_amount)",
    ),
}


def is_installed() -> bool:
    """Whether the benchmark-only dependency is there."""
    try:
        import duckdb  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def build(files: Mapping[str, Sequence[Path]], seed: Path, database: Path) -> dict[str, Any]:
    """Make the marts in a database file; return seconds, memory and what is compared.

    Args:
        files: CSV files by table, oldest first.
        seed: rfm_segments.csv.
        database: the file to make; one that is there is replaced.
    """
    import duckdb  # noqa: PLC0415

    database.unlink(missing_ok=True)
    threads = os.cpu_count() or 1
    limit = round(psutil.virtual_memory().total * 0.8 / 1024**2)
    with duckdb.connect(str(database)) as conn:
        conn.execute(f"set threads = {threads}")
        conn.execute(f"set memory_limit = '{limit}MB'")
        conn.execute(f"set temp_directory = '{database.parent}'")
        start = time.perf_counter()
        for table, paths in files.items():
            _read(conn, table, paths)
        conn.execute(f"create table rfm_segments as from read_csv('{seed}')")
        loaded = time.perf_counter()
        seconds = {}
        for mart in MARTS:
            before = time.perf_counter()
            conn.execute((SQL / f"{mart}.sql").read_text("utf-8"))
            seconds[mart] = round(time.perf_counter() - before, 2)
        conn.execute("checkpoint")
        end = time.perf_counter()
        found = {mart: conn.execute(check(mart)).fetchone() for mart in MARTS}
    database.unlink()
    return {
        "version": duckdb.__version__,
        "threads": threads,
        "memory_limit_mb": limit,
        "load_seconds": round(loaded - start, 2),
        "marts_seconds": round(end - loaded, 2),
        "by_mart": seconds,
        "results": {mart: plain(row) for mart, row in found.items()},
    }


def check(mart: str, schema: str = "") -> str:
    """The statement whose answers both engines must share."""
    return f"select {', '.join(CHECKS[mart])} from {schema}{mart}"


def plain(row: Sequence[Any] | None) -> list[str]:
    """An engine's answer as text: numbers without trailing zeros, times in ISO form."""
    return [_plain(value) for value in row or ()]


def _plain(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.replace(tzinfo=None) if hasattr(value, "hour") else value)
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read(conn: Any, table: str, paths: Sequence[Path]) -> None:
    names = ", ".join(f"'{path}'" for path in paths)
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS[table].items())
    source = f"read_csv([{names}], header = true, columns = {{{types}}}, filename = true)"
    newest = ""
    if table == "products":
        # A product whose price changes comes again. Files of days sort after that of the history.
        order = " ".join(f"when '{path}' then {at}" for at, path in enumerate(paths))
        newest = (
            "qualify row_number() over (partition by product_id "
            f"order by case filename {order} end desc) = 1"
        )
    conn.execute(f"create table {table} as select * exclude (filename) from {source} {newest}")
