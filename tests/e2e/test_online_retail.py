"""The main job on real invoices, against counts that are known."""

from __future__ import annotations

import random

import pytest

from tests.e2e.counted_cohorts import counted_cohorts
from tests.e2e.home import NO_UNIT_TESTS, Home
from tests.e2e.real_data import ONLINE_RETAIL as FILE
from tests.e2e.real_data import needs_real_data

BY_DAY = FILE.parent / "by_day"
ROWS = 541_909

pytestmark = needs_real_data
TOTALS = """
select count(distinct customer_id), count(*) filter (where customer_id is not null), count(*),
    sum(net_revenue_amount)
from marts.fct_orders where source_name = 'online_retail'
"""


def test_every_row_lands_and_is_staged_or_rejected(all_home: Home) -> None:
    assert all_home.value("select count(*) from raw.online_retail__lines") == ROWS
    staged = all_home.value("select count(*) from staging.stg_online_retail__lines")
    rejected = all_home.value(
        "select count(*) from staging.staging_rejects where source_name = 'online_retail'"
    )
    assert staged + rejected == ROWS


def test_customers_and_invoices_are_the_known_ones(all_home: Home) -> None:
    customers, invoices, _, _ = all_home.rows(TOTALS)[0]
    assert (customers, invoices) == (4_338, 18_532)


def test_loading_again_changes_nothing(all_home: Home) -> None:
    all_home.clientele("load", "online_retail", str(FILE))
    assert all_home.value("select count(*) from raw.online_retail__lines") == ROWS


def measured_churn(home: Home) -> dict[tuple[str, str], tuple[float, float, int]]:
    """Value, baseline's value and customers by metric and baseline, as of 2011-09-10."""
    return {
        (metric, baseline): (value, baseline_value, count)
        for metric, value, baseline, baseline_value, count in home.rows(
            "select metric_name, metric_value, baseline_name, baseline_value, sample_count "
            "from predictions.model_evaluations where task_name = 'churn' and is_champion "
            "and source_name = 'online_retail' and evaluated_as_of_date = '2011-09-10'"
        )
    }


def test_churn_holds_its_promise_on_later_customers(all_home: Home, record_property) -> None:
    found = measured_churn(all_home)
    auc, recency, count = found["roc_auc", "recency alone"]
    order_count = found["roc_auc", "order count alone"][1]
    brier = found["brier_score", "recency alone"][0]
    said = f"AUC {auc:.4f}, recency {recency:.4f}, order count {order_count:.4f}"
    record_property("measured", f"online_retail: {said}, Brier {brier:.4f}, n {count}")
    assert count == 3_370
    # What is known of the two baselines at this split: evidence that the split is the same.
    assert recency == pytest.approx(0.684, abs=0.002)
    assert order_count == pytest.approx(0.722, abs=0.002)
    assert auc >= 0.74
    # No worse than it is; what it should be stands below.
    assert brier <= 0.207
    assert auc < 0.80, "too good for this data: look for a leak"


@pytest.mark.xfail(strict=True, reason="Brier score 0.2057: docs/churn.md says what was tried")
def test_churn_is_as_good_as_its_first_version(all_home: Home) -> None:
    assert measured_churn(all_home)["brier_score", "recency alone"][0] <= 0.205


def test_daily_files_in_any_order_give_the_same_totals(all_home: Home, invoice_home: Home) -> None:
    files = sorted(BY_DAY.glob("*.csv.gz"))
    assert len(files) == 305
    random.Random(7).shuffle(files)
    invoice_home.clientele("load", "online_retail", *map(str, files))
    assert invoice_home.value("select count(*) from raw.online_retail__lines") == ROWS
    # The whole file on top of its parts: landed, for nothing is lost, and counted once.
    invoice_home.clientele("load", "online_retail", str(FILE))
    assert invoice_home.value("select count(*) from raw.online_retail__lines") == 2 * ROWS
    again = invoice_home.clientele("load", "online_retail", str(BY_DAY))
    assert "0 of 305 files were new" in again.stdout
    # The tests of the code run in other builds; those of the data run here.
    wanted = ("-s", "+fct_orders", "+customer_rfm", "--indirect-selection", "cautious")
    invoice_home.clientele("build", "--", *wanted, *NO_UNIT_TESTS)
    assert invoice_home.rows(TOTALS) == all_home.rows(TOTALS)
    scores = "select * from marts.customer_rfm where source_name = 'online_retail' order by 1"
    assert invoice_home.rows(scores) == all_home.rows(scores)


@pytest.mark.parametrize(("period", "frequency"), [("month", "M"), ("week", "W-SUN")])
def test_cohorts_equal_a_count_from_the_file(all_home: Home, period: str, frequency: str) -> None:
    rows = all_home.rows(
        f"select cohort_{period}, period_number, cohort_size, active_customer_count, order_count, "
        "net_revenue_amount, returned_by_return_date_amount "
        f"from marts.cohort_{period}s where source_name = 'online_retail'"
    )
    found = {(cohort, number): list(map(float, measures)) for cohort, number, *measures in rows}
    counted = counted_cohorts(frequency)
    assert len(rows) == len(found) == len(counted)
    for cell, measures in counted.items():
        assert found[cell] == pytest.approx(measures, abs=0.01), cell
