"""The cron job: a day's files of the sample, loaded, built, scored."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.home import Home

NEWEST = "select is_full, reason from raw.builds order by build_number desc limit 1"
TRAINED = "select count(*) from ml.model_runs"
SCORED = (
    "select as_of_date, count(*) from predictions.customer_churn "
    "where source_name = 'sample' group by 1"
)
INDEXES = """
select indexdef from pg_indexes
where schemaname = 'ml' and tablename in ('customer_churn_scores', 'customer_clv_scores')
order by 1
"""
OLDER = "customer_clv_scores_source_name_run_id_idx"
ORDER = "order_id,customer_id,ordered_at,channel,currency,discount_amount,shipping_amount,status"
ITEM = "order_id,line_number,product_id,quantity,unit_price,discount_amount"


def test_a_day_is_loaded_built_and_scored_without_training(
    sample_home: Home, tmp_path: Path
) -> None:
    home = sample_home
    ((day, customers),) = home.rows(SCORED)
    trained = home.value(TRAINED)
    product = home.value("select min(product_code) from staging.stg_shop__products")
    buyer = home.value("select min(customer_id) from predictions.customer_churn")
    order = f"D1,{buyer.removeprefix('sample:')},{day} 09:30:00,web,GBP,0,0,completed"
    orders, items = tmp_path / "orders.csv", tmp_path / "order_items.csv"
    # A warehouse of before there were these indexes gets them, and loses one that is in another.
    indexes = home.rows(INDEXES)
    assert len(indexes) == 2
    for (definition,) in indexes:
        home.execute(f"drop index ml.{definition.split(' ON ')[0].split()[-1]}".lower())
    home.execute(f"create index {OLDER} on ml.customer_clv_scores (source_name, run_id)")
    orders.write_text(f"{ORDER}\n{order}\n")
    items.write_text(f"{ITEM}\nD1,1,{product},2,10.00,0\n")

    done = home.clientele("run", "--daily", "sample", str(orders), str(items))

    assert done.stderr == ""
    assert home.rows(NEWEST) == [(False, None)]
    assert home.value(TRAINED) == trained
    ((next_day, scored),) = home.rows(SCORED)
    assert (next_day - day).days == 1
    assert scored == customers
    (bought,) = home.rows(
        "select order_date, net_revenue_amount from marts.fct_orders where order_id = 'sample:D1'"
    )
    assert bought == (day, 20)
    ran = json.loads((home.path / "target" / "run_results.json").read_text())["results"]
    assert {each["status"] for each in ran} <= {"success", "pass", "no-op"}
    # What the days before have scored is not tested again.
    compiled = {each["unique_id"].split(".")[2]: each["compiled_code"] for each in ran}
    assert (
        "run_id = any(array("
        in compiled["not_null_stg_ml__customer_churn_scores_churn_probability"]
    )
    assert "segment_moves_lead_to_todays_segments" not in compiled
    # Today is read out of a history by its day, not out of all days.
    assert compiled["customer_360"].count(f"as_of_date in ('{next_day}')") == 2
    assert home.rows(INDEXES) == indexes
