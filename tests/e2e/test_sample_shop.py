"""The main job on the sample shop, whose truth is known."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from ingest.sample import read_truth, true_no_purchase_probability
from ml.metrics import roc_auc
from tests.e2e.home import NO_TESTS, NO_UNIT_TESTS, Home
from warehouse.bulk import read_frame


def truth_dir(home: Home):
    return home.path / "sample" / "truth"


def test_every_dirty_row_is_rejected_and_no_other(sample_home: Home) -> None:
    dirt = pd.read_csv(truth_dir(sample_home) / "dirty_rows.csv")
    rejected = dirt[dirt["outcome"] == "rejected"]
    # Of an order that stands twice the later row is kept, so the rejected one is the original.
    single = rejected[rejected["kind"] != "duplicate_order"]
    expected = {(row.file.removesuffix(".csv"), row.row_number) for row in single.itertuples()}
    found = {
        (table.removeprefix("shop__"), number)
        for table, number, reason in sample_home.rows(
            "select table_name, _row_number, reject_reason from staging.staging_rejects "
            "where source_name = 'sample'"
        )
        if not reason.startswith("superseded")
    }
    assert found == expected
    superseded = sample_home.value(
        "select count(*) from staging.staging_rejects where reject_reason like 'superseded%%'"
    )
    assert superseded == (rejected["kind"] == "duplicate_order").sum() > 0


def test_facts_add_up_to_the_clean_shop(sample_home: Home) -> None:
    truth = json.loads((truth_dir(sample_home) / "summary.json").read_text())
    orders, net, gross = sample_home.rows(
        "select count(*), sum(net_revenue_amount), sum(gross_amount) from marts.fct_orders"
    )[0]
    assert orders == truth["orders_completed"]
    assert float(gross) == pytest.approx(float(truth["gross_amount"]), abs=0.005)
    assert float(net) == pytest.approx(float(truth["net_amount"]), abs=0.005)
    refunds = sample_home.value("select sum(returned_amount) from marts.fct_returns")
    assert float(refunds) == pytest.approx(float(truth["refunds_amount"]), abs=0.005)


def test_churn_ranks_almost_as_well_as_the_true_probability(
    sample_home: Home, record_property
) -> None:
    day, auc, lower, upper = sample_home.rows(
        "select distinct evaluated_as_of_date, metric_value, ci_lower, ci_upper "
        "from predictions.model_evaluations where task_name = 'churn' and source_name = 'sample' "
        "and is_champion and metric_name = 'roc_auc'"
    )[0]
    true_auc = roc_auc_of_the_truth(sample_home, day)
    said = f"AUC as of {day}: churn {auc:.4f} ({lower:.4f} to {upper:.4f}), truth {true_auc:.4f}"
    record_property("measured", said)
    assert auc >= true_auc - 0.03
    # Better than the truth by more than chance would be a leak.
    assert lower <= true_auc


def roc_auc_of_the_truth(home: Home, day: date) -> float:
    labels = read_frame(
        home.settings,
        "select customer_id, is_churned from features.lbl_customers "
        "where as_of_date = $1 and source_name = 'sample'",
        (day,),
    )
    truth = true_no_purchase_probability(read_truth(home.path / "sample"), day, 90)
    truth["customer_id"] = "sample:" + truth["customer_id"].astype(str)
    both = labels.merge(truth, on="customer_id", validate="one_to_one")
    assert len(both) == len(labels)
    return roc_auc(both["is_churned"].to_numpy(bool), both["given_history"].to_numpy(np.float64))


def test_every_customer_with_an_order_is_scored(sample_home: Home) -> None:
    unscored = sample_home.value(
        "select count(*) from marts.customer_360 "
        "where order_count > 0 and (churn_probability is null or persona_name is null)"
    )
    assert unscored == 0
    assert sample_home.value("select count(*) from marts.customer_360") == 4000


def test_online_scores_equal_the_stored_ones(sample_home: Home) -> None:
    from ml import jobs
    from ml.frames import scoring_frame

    task = jobs.find_task("churn")
    artefact = jobs.champion(sample_home.settings, sample_home.path / "models", task, "sample")
    assert artefact is not None
    day = sample_home.value("select distinct as_of_date from predictions.customer_churn")
    frame = scoring_frame(sample_home.settings, artefact.contract, "sample", day)
    stored = dict(
        sample_home.rows("select customer_id, churn_probability from predictions.customer_churn")
    )
    for row in range(0, len(frame), 400):
        one = frame.iloc[[row]]
        online = task.predict(artefact, one)["churn_probability"].iloc[0]
        assert online == pytest.approx(stored[one["customer_id"].iloc[0]], abs=1e-9)


def test_online_risk_bands_equal_those_of_sql(sample_home: Home) -> None:
    from ml.frames import risk_bands

    bands = risk_bands(sample_home.settings)
    rows = sample_home.rows(
        "select churn_probability, churn_risk_band from predictions.customer_churn"
    )
    assert len({band for _, band in rows}) > 2
    said = bands.of([probability for probability, _ in rows])
    assert said == [band for _, band in rows]


def test_every_score_has_reasons_in_words(sample_home: Home) -> None:
    rows = sample_home.rows(
        "select churn_reason_1, churn_reason_2, churn_reason_3 from predictions.customer_churn"
    )
    firsts = {first for first, _, _ in rows}
    assert all(first.startswith(("raises the risk: ", "lowers the risk: ")) for first in firsts)
    assert len(firsts) > 50
    assert all(len({*row}) == 3 for row in rows)


def test_a_second_run_changes_nothing(sample_home: Home) -> None:
    before = sample_home.digests()
    done = sample_home.without_tests().clientele("run", "sample")
    assert sample_home.digests() == before
    assert done.stderr == ""


def test_a_second_dbt_build_changes_no_row(sample_home: Home) -> None:
    before = sample_home.digests()
    sample_home.dbt("build", *NO_TESTS)
    assert sample_home.digests() == before


def test_without_predictions_the_warehouse_builds_with_nulls(sample_home: Home) -> None:
    kept = sample_home.digests()
    tables = (
        *("customer_churn_scores", "customer_clv_scores", "customer_segment_scores"),
        *("evaluations", "model_runs"),
    )
    for table in tables:
        sample_home.execute(f"create table public.kept_{table} as table ml.{table}")
        sample_home.execute(f"truncate ml.{table}")
    try:
        sample_home.dbt("build", "--select", "source:ml+", *NO_UNIT_TESTS)
        scored = sample_home.value(
            "select count(*) from marts.customer_360 "
            "where churn_probability is not null or persona_name is not null "
            "or clv_12_months_amount is not null or priority_rank is not null"
        )
        assert scored == 0
        assert sample_home.value("select count(*) from marts.customer_360") == 4000
    finally:
        for table in tables:
            sample_home.execute(f"insert into ml.{table} table public.kept_{table}")
            sample_home.execute(f"drop table public.kept_{table}")
        sample_home.dbt("build", "--select", "source:ml+", *NO_TESTS)
    assert sample_home.digests() == kept
