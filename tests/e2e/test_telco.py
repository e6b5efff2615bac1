"""A subscription snapshot without dates, against counts that are known."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal

from tests.e2e.home import Home
from tests.e2e.real_data import TELCO as FILE
from tests.e2e.real_data import TELCO_HALF as HALF
from tests.e2e.real_data import needs_real_data

ROWS = 7_043

pytestmark = needs_real_data
ACCOUNTED = """
select count(*), count(*) filter (where reject_reason is null),
    (select count(*) from staging.stg_telco__subscriptions),
    (select count(*) from raw.telco__subscriptions)
from staging.base_telco__subscriptions
"""
TRUTH = {"is_senior_citizen": "SeniorCitizen", "has_partner": "Partner"}
TRUTH |= {"has_dependents": "Dependents", "has_phone_service": "PhoneService"}
TRUTH |= {"has_paperless_billing": "PaperlessBilling", "has_churned": "Churn"}
WORDS = {"gender": "gender", "multiple_lines": "MultipleLines", "contract": "Contract"}
WORDS |= {"internet_service": "InternetService", "online_security": "OnlineSecurity"}
WORDS |= {"online_backup": "OnlineBackup", "device_protection": "DeviceProtection"}
WORDS |= {"tech_support": "TechSupport", "streaming_tv": "StreamingTV"}
WORDS |= {"streaming_movies": "StreamingMovies", "payment_method": "PaymentMethod"}


def subscribers() -> list[dict[str, str]]:
    """The file in its own words."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_that_came_twice_count_once_and_no_other_is_rejected(all_home: Home) -> None:
    assert all_home.rows(ACCOUNTED) == [(ROWS + HALF, ROWS, ROWS, ROWS + HALF)]
    assert all_home.value("select count(*) from intermediate.int_telco__accounts") == ROWS
    reasons = all_home.rows(
        "select reject_reason, count(*) from staging.base_telco__subscriptions "
        "where reject_reason is not null group by 1"
    )
    assert reasons == [("superseded: a later row has the same customer id", HALF)]


def test_subscribers_who_left_are_the_known_ones(all_home: Home) -> None:
    statuses = all_home.rows(
        "select subscription_status, count(*) from intermediate.int_telco__subscriptions "
        "group by 1 order by 1"
    )
    assert statuses == [("active", 5_174), ("cancelled", 1_869)]


def test_money_and_months_add_up_to_the_file(all_home: Home) -> None:
    rows = subscribers()
    found = all_home.rows(
        "select sum(monthly_amount), sum(total_amount), sum(tenure_months), "
        "count(*) filter (where total_amount is null), "
        "count(*) filter (where total_amount is null and tenure_months = 0), "
        "count(started_at), count(ended_at) from intermediate.int_telco__subscriptions"
    )
    totals = [Decimal(row["TotalCharges"]) for row in rows if row["TotalCharges"].strip()]
    monthly = sum(Decimal(row["MonthlyCharges"]) for row in rows)
    months = sum(int(row["tenure"]) for row in rows)
    assert found == [(monthly, sum(totals), months, 11, 11, 0, 0)]
    assert (monthly, sum(totals)) == (Decimal("456116.60"), Decimal("16056168.70"))


def test_all_other_columns_are_typed_and_say_what_the_file_says(all_home: Home) -> None:
    rows = subscribers()
    columns = ", ".join([*TRUTH, *WORDS])
    staged = all_home.rows(f"select {columns} from staging.stg_telco__subscriptions order by 1, 2")
    said = Counter(
        tuple(row[header] in {"Yes", "1"} for header in TRUTH.values())
        + tuple(row[header] for header in WORDS.values())
        for row in rows
    )
    assert Counter(staged) == said


def test_features_and_labels_hold_every_subscriber_once(all_home: Home) -> None:
    """Those who left too: they are what is learned from. Nobody but telco has any."""
    found = all_home.rows(
        "select f.source_name, count(*), count(*) filter (where l.is_churned), "
        "sum(f.monthly_amount), count(*) filter (where f.contract_name = 'unknown') "
        "from features.ftr_subscriptions as f "
        "inner join features.lbl_subscriptions as l using (subscription_id, as_of_date) group by 1"
    )
    assert found == [("telco", ROWS, 1_869, Decimal("456116.6000"), 0)]


def test_churn_is_as_good_as_it_can_be_and_no_better(all_home: Home) -> None:
    """Above 0.86 it is a leak; see docs/subscription_churn.md."""
    found = all_home.rows(
        "select metric_name, metric_value, ci_lower, ci_upper, sample_count, protocol "
        "from predictions.model_evaluations where task_name = 'subscription_churn' "
        "and is_champion and baseline_name = 'base rate'"
    )
    value = {name: (number, lower, upper) for name, number, lower, upper, *_ in found}
    auc, lower, upper = value["roc_auc"]
    assert 0.850 <= auc < 0.86
    assert 0.83 < lower < auc < upper < 0.87
    assert value["expected_calibration_error"][0] < 0.04
    assert value["brier_score"][0] < 0.135
    assert {(row[4], row[5].split(" of ")[0]) for row in found} == {(3 * ROWS, "3 times 5 folds")}


def test_who_still_subscribes_has_a_probability_and_money_at_risk(all_home: Home) -> None:
    found = all_home.rows(
        "select count(*), count(*) filter (where s.subscription_status = 'active'), "
        "count(distinct p.churn_risk_band), min(p.currency), max(p.currency), "
        "bool_and(abs(p.monthly_amount_at_risk - p.churn_probability * s.monthly_amount) < 0.0001) "
        "from predictions.subscription_churn as p "
        "inner join marts.fct_subscriptions as s using (subscription_id)"
    )
    assert found == [(5_174, 5_174, 4, "USD", "USD", True)]


def test_loading_again_changes_nothing(all_home: Home) -> None:
    assert "already loaded" in all_home.clientele("load", "telco", str(FILE)).stdout
    assert all_home.value("select count(*) from raw.telco__subscriptions") == ROWS + HALF
