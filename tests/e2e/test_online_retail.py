"""The main job on real invoices, against counts that are known."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.home import Home, new_home
from tests.embedded_help import PROJECT_DIR

DATA = Path(os.environ.get("CLIENTELE_SHARED_DATA", PROJECT_DIR.parent / "shared" / "data"))
FILE = DATA / "online_retail" / "online_retail.csv.gz"
BY_DAY = DATA / "online_retail" / "by_day"
ROWS = 541_909

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not FILE.exists(),
        reason=f"the UCI Online Retail data are not at {FILE}: set CLIENTELE_SHARED_DATA",
    ),
]
TOTALS = """
select count(distinct customer_id), count(*) filter (where customer_id is not null), count(*),
    sum(net_revenue_amount)
from marts.fct_orders
"""


@pytest.fixture(scope="module")
def retail_home() -> Iterator[Home]:
    """A warehouse on which the job was run with the churn model measured as of 2011-09-10."""
    with new_home() as home:
        home.clientele("run", "online_retail", str(FILE), "--evaluate-at", "2011-09-10")
        yield home


def test_every_row_lands_and_is_staged_or_rejected(retail_home: Home) -> None:
    assert retail_home.value("select count(*) from raw.online_retail__lines") == ROWS
    staged = retail_home.value("select count(*) from staging.stg_online_retail__lines")
    rejected = retail_home.value(
        "select count(*) from staging.staging_rejects where source_name = 'online_retail'"
    )
    assert staged + rejected == ROWS


def test_customers_and_invoices_are_the_known_ones(retail_home: Home) -> None:
    customers, invoices, _, _ = retail_home.rows(TOTALS)[0]
    assert (customers, invoices) == (4_338, 18_532)


def test_loading_again_changes_nothing(retail_home: Home) -> None:
    retail_home.clientele("load", "online_retail", str(FILE))
    assert retail_home.value("select count(*) from raw.online_retail__lines") == ROWS


def test_churn_holds_its_promise_on_later_customers(retail_home: Home, capsys) -> None:
    found = {
        (metric, baseline): (value, baseline_value, count)
        for metric, value, baseline, baseline_value, count in retail_home.rows(
            "select metric_name, metric_value, baseline_name, baseline_value, sample_count "
            "from predictions.model_evaluations where task_name = 'churn' and is_champion "
            "and evaluated_as_of_date = '2011-09-10'"
        )
    }
    auc, recency, count = found["roc_auc", "recency alone"]
    order_count = found["roc_auc", "order count alone"][1]
    brier = found["brier_score", "recency alone"][0]
    with capsys.disabled():
        print(f"\nAUC {auc:.4f}, recency {recency:.4f}, order count {order_count:.4f}")
        print(f"Brier {brier:.4f}, n {count}")
    assert count == 3_370
    # What is known of the two baselines at this split: evidence that the split is the same.
    assert recency == pytest.approx(0.684, abs=0.002)
    assert order_count == pytest.approx(0.722, abs=0.002)
    assert auc >= 0.74
    assert brier <= 0.205
    assert auc < 0.80, "too good for this data: look for a leak"


def test_daily_files_in_any_order_give_the_same_totals(retail_home: Home, empty_home: Home) -> None:
    files = sorted(BY_DAY.glob("*.csv.gz"))
    assert len(files) == 305
    random.Random(7).shuffle(files)
    empty_home.clientele("load", "online_retail", *map(str, files))
    assert empty_home.value("select count(*) from raw.online_retail__lines") == ROWS
    # The whole file on top of its parts: landed, for nothing is lost, and counted once.
    empty_home.clientele("load", "online_retail", str(FILE))
    assert empty_home.value("select count(*) from raw.online_retail__lines") == 2 * ROWS
    empty_home.clientele("build")
    assert empty_home.rows(TOTALS) == retail_home.rows(TOTALS)
    assert empty_home.rows("select * from marts.customer_rfm order by 1") == retail_home.rows(
        "select * from marts.customer_rfm order by 1"
    )
