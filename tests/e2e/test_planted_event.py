"""What happens on the as-of date or later is the future: it moves the label and no feature."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.e2e.home import NO_TESTS, Home

FEATURES = "select * from features.ftr_customers where as_of_date = %s order by customer_id"
# Everything that features and labels stand on, built as a whole both times.
BUILD = ("build", "--", *NO_TESTS, "-s", "+ftr_customers", "+lbl_customers", "+ftr_as_of_dates")
LABELS = "select customer_id, is_churned from features.lbl_customers where as_of_date = %s"


def test_no_feature_sees_the_label_window(empty_home: Home, tmp_path: Path) -> None:
    home = empty_home
    home.clientele("load", "sample")
    home.clientele(*BUILD)
    day = home.value("select max(as_of_date) from features.ftr_as_of_dates where is_label_complete")
    features, labels = home.rows(FEATURES, (day,)), dict(home.rows(LABELS, (day,)))
    churned = sorted(customer for customer, is_churned in labels.items() if is_churned)[:40]

    plant(home, tmp_path, day, [customer.removeprefix("sample:") for customer in churned])
    home.clientele(*BUILD)

    assert home.rows(FEATURES, (day,)) == features
    after = dict(home.rows(LABELS, (day,)))
    assert [after[customer] for customer in churned] == [False] * len(churned)


def plant(home: Home, folder: Path, day, customers: list[str]) -> None:
    """Every customer buys at the first second of the as-of date, and sends it back a day later."""
    product = home.value("select min(product_code) from staging.stg_shop__products")
    orders = [
        "order_id,customer_id,ordered_at,channel,currency,discount_amount,shipping_amount,status"
    ]
    items = ["order_id,line_number,product_id,quantity,unit_price,discount_amount"]
    returns = [
        "return_id,order_id,line_number,product_id,quantity,returned_at,refund_amount,reason"
    ]
    for number, customer in enumerate(customers):
        orders.append(f"P{number},{customer},{day} 00:00:00,planted,GBP,0,0,completed")
        items.append(f"P{number},1,{product},9,999.00,0")
        back = day + timedelta(days=1)
        returns.append(f"PR{number},P{number},1,{product},1,{back} 00:00:00,999.00,planted")
    for name, lines in {"orders": orders, "order_items": items, "returns": returns}.items():
        path = folder / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n")
        home.clientele("load", "sample", str(path))
