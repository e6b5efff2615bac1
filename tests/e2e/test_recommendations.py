"""Lists of the sample shop as they stand in the warehouse."""

from __future__ import annotations

import pandas as pd

from ml import jobs
from ml.recommend.model import DISCOVER
from tests.e2e.home import Home
from warehouse.bulk import read_frame

LISTS = """
select customer_id, list_name, list_rank, product_id, score, reason, expected_next_purchase_date,
    as_of_date
from predictions.customer_recommendations where source_name = 'sample'
order by customer_id, list_name, list_rank
"""
WRONG = """
select count(*) from predictions.customer_recommendations as lists
left join (
    select distinct customer_id, product_id from features.ftr_interactions where order_count > 0
) as bought on lists.customer_id = bought.customer_id and lists.product_id = bought.product_id
where lists.product_id is not null
    and (lists.list_name = 'buy_again') <> (bought.product_id is not null)
"""


def test_everybody_has_both_lists_of_the_right_products(sample_home: Home) -> None:
    assert sample_home.value(WRONG) == 0
    lists = sample_home.value(
        "select count(distinct (customer_id, list_name)) from predictions.customer_recommendations"
    )
    customers = sample_home.value(
        "select count(distinct customer_id) from features.ftr_interactions"
    )
    assert lists == 2 * customers > 0
    assert (
        sample_home.value(
            "select count(*) from predictions.customer_recommendations "
            "where expected_next_purchase_date < as_of_date"
        )
        == 0
    )


def test_products_and_strangers_have_lists_of_the_model_that_scores(sample_home: Home) -> None:
    found = sample_home.rows(
        "select list_name, count(*), count(lift) from predictions.product_recommendations "
        "group by list_name"
    )
    counts = {name: (rows, lifts) for name, rows, lifts in found}
    assert counts["bought_together"][0] == counts["bought_together"][1] > 0
    assert counts["similar"][0] > counts["similar"][1] == 0
    assert sample_home.value("select count(*) from predictions.cold_start_recommendations") >= 20


def test_scoring_again_stores_nothing(sample_home: Home) -> None:
    before = sample_home.value("select count(*) from ml.customer_recommendation_lists")
    assert "unchanged" in sample_home.clientele("score", "recommendations").stdout
    assert sample_home.value("select count(*) from ml.customer_recommendation_lists") == before


def test_one_customer_alone_gets_the_lists_of_the_batch(sample_home: Home) -> None:
    settings = sample_home.settings
    task = jobs.find_task("recommendations")
    model = jobs.champion(settings, settings.home_dir / "models", task, "sample")
    assert model is not None
    stored = read_frame(settings, LISTS)
    chosen = stored["customer_id"].iloc[0]
    stored = stored[stored["customer_id"] == chosen].reset_index(drop=True)
    day = stored["as_of_date"].iloc[0].date()
    frame = read_frame(
        settings,
        "select * from features.ftr_interactions where customer_id = $1 and interaction_date < $2",
        (chosen, day),
    )
    alone = model.estimator.lists(frame, day)
    same = ["list_name", "list_rank", "product_id", "reason"]
    pd.testing.assert_frame_equal(
        alone[same].astype(object).where(alone[same].notna(), None),
        stored[same].astype(object).where(stored[same].notna(), None),
        check_dtype=False,
    )
    assert (alone["list_name"] == DISCOVER).any()
