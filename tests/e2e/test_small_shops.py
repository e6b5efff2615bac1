"""Shops too small or too young for a model still get their warehouse, and are told the rule."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.e2e.home import Home

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def test_an_empty_warehouse_then_one_customer(invoice_home: Home, tmp_path: Path) -> None:
    done = invoice_home.clientele("run")
    assert "nothing is loaded yet" in done.stdout
    assert invoice_home.value("select count(*) from marts.customer_360") == 0

    path = tmp_path / "first day.csv"
    path.write_text(
        HEADER
        + "1,A1,Zuckerdose „Grün“,2,2024-05-01 10:00:00,3.50,7.0,Österreich\n"
        + "C2,A1,Zuckerdose „Grün“,-1,2024-05-02 09:00:00,3.50,7.0,Österreich\n"
        + "C3,A1,Zuckerdose „Grün“,-1,2024-04-30 09:00:00,3.50,7.0,Österreich\n"
        + "4,A1,?,x,2024-05-03 09:00:00,3.50,8.0,Österreich\n"
    )
    done = invoice_home.clientele("run", "online_retail", str(path))
    assert "churn of online_retail needs at least two horizons" in done.stdout
    assert "segmentation of online_retail has 1 customers" in done.stdout
    assert done.stderr == ""

    ((customer, country, scores, churn, persona),) = invoice_home.rows(
        "select customer_id, country, array[recency_score, frequency_score, monetary_score], "
        "churn_probability, persona_name from marts.customer_360 where order_count > 0"
    )
    assert (customer, country, scores) == ("online_retail:7", "Österreich", [3, 3, 3])
    assert (churn, persona) == (None, None)
    # The return before the sale stays, and counts against no order.
    assert invoice_home.rows("select is_matched, count(*) from marts.fct_returns group by 1") == [
        (False, 1),
        (True, 1),
    ]
    assert invoice_home.value("select reject_reason from staging.staging_rejects") == (
        "quantity is not a whole number"
    )
    # A cohort of one: its month is not over, and what came back before the sale is not its own.
    assert invoice_home.rows(
        "select cohort_size, complete_month_number, net_revenue_amount, returned_amount, "
        "returned_before_first_order_amount from marts.cohort_summary"
    ) == [(1, None, 7, 0, Decimal("3.5"))]
