"""The recommendations task on drawn shops, and on shops with next to nothing in them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from ml import threads
from ml.artefact import Artefact
from ml.fingerprint import frame_digest
from ml.recommend import factors, item_item, ranker
from ml.recommend.config import RecommendConfig
from ml.recommend.model import BOUGHT_ALL, BUY_AGAIN, DISCOVER, NEVER_BOUGHT, NOTHING_LEFT
from ml.recommend.packing import SEPARATOR
from ml.recommend.task import COLD_TABLE, RELATED_TABLE, Recommendations
from ml.task import Trained
from tests.unit.ml.recommend.shop import (
    CONTRACT,
    SMALL,
    TODAY_OF_SHOP,
    data,
    drawn,
    interactions,
    names,
    products,
)

CUT = TODAY_OF_SHOP - timedelta(days=28)


def artefact(trained: Trained) -> Artefact:
    parts = (CONTRACT, trained.trained_as_of_date, trained.estimator, trained.details)
    return Artefact("recommendations", "shop", trained.model_name, "v1", *parts)


def fit(frame: pd.DataFrame, catalogue: pd.DataFrame, config: RecommendConfig = SMALL) -> Artefact:
    return artefact(Recommendations(config).train(data(frame, catalogue, CUT)))


def lists(model: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
    return model.estimator.lists(frame, TODAY_OF_SHOP)


@cache
def drawn_shop() -> tuple[pd.DataFrame, Trained]:
    frame = drawn()
    return frame, Recommendations(SMALL).train(data(frame, products(names()), CUT))


def test_training_measures_both_lists_beside_their_baselines() -> None:
    _, trained = drawn_shop()
    rows = {(row.metric_name, row.baseline_name): row for row in trained.evaluations}
    baselines = {"popularity", "EASE", "ALS", "NMF", "item-item"}
    assert {b for m, b in rows if m == "ndcg_at_10"} == baselines | {"own frequency"}
    assert {b for m, b in rows if m == "discover_ndcg_at_10"} == baselines
    metrics = ("ndcg", "precision", "recall", "coverage", "novelty")
    expected = {f"{m}_at_10" for m in metrics} | {f"discover_{m}_at_10" for m in metrics}
    assert {m for m, _ in rows} == expected
    for row in rows.values():
        assert row.ci_lower <= row.metric_value <= row.ci_upper
        assert row.evaluated_as_of_date == CUT
    own = rows["ndcg_at_10", "own frequency"]
    assert own.metric_value > 0.5  # everybody returns to five products
    assert own.metric_value > rows["ndcg_at_10", "popularity"].baseline_value + 0.2


def test_lists_follow_taste_and_hold_no_product_twice() -> None:
    frame, trained = drawn_shop()
    found = lists(artefact(trained), frame)
    bought = set(zip(frame["customer_id"], frame["product_id"], strict=True))
    of_list = found.set_index(["customer_id", "product_id"]).index
    is_own = np.array([pair in bought for pair in of_list])
    assert (is_own == (found["list_name"] == BUY_AGAIN)).all()
    assert not found.duplicated(["customer_id", "list_name", "product_id"]).any()
    ranks = found.groupby(["customer_id", "list_name"])["list_rank"].agg(list)
    assert all(rank == list(range(1, len(rank) + 1)) for rank in ranks)
    assert (
        found.groupby(["customer_id", "list_name"])["score"]
        .apply(lambda scores: scores.is_monotonic_decreasing)
        .all()
    )
    first = found[(found["list_name"] == DISCOVER) & (found["list_rank"] <= 3)]
    taste = first["customer_id"].str[1:].astype(int) % 2
    assert (first["product_id"].str[1:].astype(int) % 2 == taste).mean() > 0.9


def test_a_customers_lists_depend_on_that_customer_only() -> None:
    frame, trained = drawn_shop()
    model = artefact(trained)
    together = lists(model, frame)
    for chosen in (["c007"], ["c001", "c033"]):
        apart = lists(model, frame[frame["customer_id"].isin(chosen)])
        there = together[together["customer_id"].isin(chosen)].reset_index(drop=True)
        pd.testing.assert_frame_equal(apart, there)
    shuffled = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(lists(model, shuffled), together)


def test_the_same_data_give_the_same_model_twice() -> None:
    frame, trained = drawn_shop()
    again = Recommendations(SMALL).train(data(frame, products(names()), CUT))
    assert trained.evaluations == again.evaluations
    for table in (RELATED_TABLE, COLD_TABLE):
        assert frame_digest(trained.tables[table]) == frame_digest(again.tables[table])
    pd.testing.assert_frame_equal(lists(artefact(trained), frame), lists(artefact(again), frame))


def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, trained = drawn_shop()
    monkeypatch.setattr(threads, "MANY_ROWS", 0)
    for module in (threads, factors, item_item):
        monkeypatch.setattr(module, "all_cores", lambda: 3)
    again = Recommendations(SMALL).train(data(frame, products(names()), CUT))
    assert trained.evaluations == again.evaluations
    pd.testing.assert_frame_equal(
        lists(artefact(trained), frame), lists(artefact(again), frame), check_exact=True
    )


def test_nothing_of_the_day_itself_moves_a_list() -> None:
    frame, trained = drawn_shop()
    planted = interactions([("c000", "p01", TODAY_OF_SHOP.isoformat())], unit_count=99)
    model = artefact(trained)
    with_it = lists(model, pd.concat([frame, planted], ignore_index=True))
    pd.testing.assert_frame_equal(with_it, lists(model, frame))


def test_a_purchase_in_the_measured_window_moves_no_learned_list() -> None:
    frame, trained = drawn_shop()
    later = frame["interaction_date"] >= pd.Timestamp(CUT)
    changed = frame[~later | (frame["customer_id"] > "c030")]
    again = Recommendations(SMALL).train(data(changed, products(names()), CUT))

    def ours(trained: Trained) -> dict[str, float]:
        rows = trained.evaluations
        return {
            r.baseline_name: r.baseline_value for r in rows if r.metric_name == "coverage_at_10"
        }

    # Fewer customers are measured, so they show fewer products; nothing else can have moved.
    assert set(ours(again)) == set(ours(trained))
    assert "combined" in trained.details["reason"]


def test_rules_keep_products_out_of_every_list() -> None:
    frame = drawn()
    sent_back = interactions([("c000", "p02", "2024-01-20")] * 1, returned_unit_count=500)
    frame = pd.concat([frame, sent_back.assign(order_count=0, unit_count=0)], ignore_index=True)
    catalogue = products(names())
    catalogue.loc[catalogue["product_id"] == "p04", "exclusion_reason"] = "sold out"
    catalogue.loc[catalogue["product_id"] == "p06", "is_product"] = False
    config = SMALL.model_copy(update={"min_units_for_returns": 5})
    trained = Recommendations(config).train(data(frame, catalogue, CUT))
    left_out = {"p02", "p04", "p06"}
    assert left_out & set(frame["product_id"]) == left_out
    assert not left_out & set(lists(artefact(trained), frame)["product_id"])
    assert not left_out & set(trained.tables[RELATED_TABLE]["related_product_id"])
    assert not left_out & set(trained.tables[COLD_TABLE]["product_id"])


def test_a_list_holds_so_many_of_a_category() -> None:
    frame, catalogue = drawn(), products(names())
    catalogue["category"] = [f"k{n % 3}" for n in range(len(catalogue))]
    config = SMALL.model_copy(update={"most_per_category": 2})
    found = lists(fit(frame, catalogue, config), frame)
    found = found.merge(catalogue[["product_id", "category"]], on="product_id")
    assert found.groupby(["customer_id", "list_name", "category"]).size().max() == 2


def test_many_products_switch_to_sparse_neighbours_in_the_open() -> None:
    frame = drawn()
    config = SMALL.model_copy(update={"max_dense_products": 10})
    trained = Recommendations(config).train(data(frame, products(names()), CUT))
    assert trained.parameters["item_item"] == "sparse"
    assert trained.estimator.signals.ease is None
    assert {row.baseline_name for row in trained.evaluations} == {
        *("popularity", "item-item", "own frequency")
    }
    assert len(lists(artefact(trained), frame)) > 0


def test_where_the_ranker_loses_the_rule_orders_the_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ranker, "ranker_scores", lambda _, candidates: -ranker.rule_scores(candidates)
    )
    model = fit(drawn(), products(names()))
    assert model.model_name == "rule"
    assert model.estimator.recipe.combined == model.estimator.recipe.discover == ranker.RULE


def test_a_shop_too_young_for_a_ranker_has_lists_by_rule() -> None:
    frame = drawn(days=20)
    trained = Recommendations(SMALL).train(data(frame, products(names()), CUT))
    assert (trained.model_name, trained.evaluations) == ("rule", [])
    assert "fewer than two windows" in trained.details["reason"]
    found = lists(artefact(trained), frame)
    assert set(found["list_name"]) == {BUY_AGAIN, DISCOVER}
    assert Recommendations().decide(None, None, trained).kind == "first"  # type: ignore[arg-type]


@pytest.mark.parametrize("customers", [["a"], ["a", "b"]])
def test_whoever_bought_everything_has_no_list_of_new_products(customers: list[str]) -> None:
    frame = interactions([(customer, "mug", "2024-02-01") for customer in customers])
    model = fit(frame, products({"mug": "Mug"}))
    packed = Recommendations(SMALL).predict(
        model, frame.assign(as_of_date=pd.Timestamp(TODAY_OF_SHOP))
    )
    assert packed["customer_id"].tolist() == [c for c in customers for _ in range(2)]
    again, discover = packed.iloc[0], packed.iloc[1]
    assert (again["list_name"], again["product_ids"]) == (BUY_AGAIN, "mug")
    assert (discover["product_count"], discover["empty_reason"]) == (0, BOUGHT_ALL)
    assert pd.isna(discover["product_ids"])
    assert set(packed["source_name"]) == {"shop"}


def test_where_nothing_may_be_recommended_the_lists_say_so() -> None:
    frame = interactions([("a", "mug", "2024-02-01")])
    found = lists(fit(frame, products({"mug": "Mug"}, exclusion_reason="sold out")), frame)
    assert found["product_id"].isna().all()
    assert found["reason"].tolist() == [NEVER_BOUGHT, NOTHING_LEFT]


def test_whoever_only_brought_back_is_a_stranger() -> None:
    frame = interactions([("a", "mug", "2024-02-01"), ("b", "mug", "2024-02-01")])
    frame.loc[1, ["order_count", "unit_count", "returned_unit_count"]] = [0, 0, 1]
    found = lists(fit(frame, products({"mug": "Mug", "tea": "Té 茶"})), frame)
    stranger = found[found["customer_id"] == "b"]
    assert stranger["reason"].tolist() == [NEVER_BOUGHT, "popular in the shop"]
    assert stranger["product_id"].tolist()[1:] == ["mug"]


def test_a_basket_gets_the_lists_of_a_customer_who_just_bought_it() -> None:
    _, trained = drawn_shop()
    model = trained.estimator
    found = model.for_basket(["p03", "p01", "unheard of", "p01"], "France", TODAY_OF_SHOP)
    yesterday = (TODAY_OF_SHOP - timedelta(days=1)).isoformat()
    same = interactions([("", "p01", yesterday), ("", "p03", yesterday)])
    price = model.signals.facts.price
    same["net_revenue_amount"] = [price[1], price[3]]
    pd.testing.assert_frame_equal(found, model.lists(same, TODAY_OF_SHOP))
    assert set(found.loc[found["list_name"] == BUY_AGAIN, "product_id"]) == {"p01", "p03"}
    first = found[(found["list_name"] == DISCOVER) & (found["list_rank"] <= 3)]["product_id"]
    assert (first.str[1:].astype(int) % 2 == 1).all()


@pytest.mark.parametrize("basket", [[], ["unheard of"]])
def test_a_stranger_gets_the_cold_list(basket: list[str]) -> None:
    _, trained = drawn_shop()
    found = trained.estimator.for_basket(basket, "France", date(2024, 3, 1))
    cold = trained.tables[COLD_TABLE]
    expected = cold.loc[cold["country"] == "France", "product_id"].tolist()
    assert found.loc[found["list_name"] == DISCOVER, "product_id"].tolist() == expected
    assert found.loc[found["list_name"] == BUY_AGAIN, "reason"].tolist() == [NEVER_BOUGHT]


def test_packed_lists_hold_what_the_lists_hold() -> None:
    frame, trained = drawn_shop()
    packed = Recommendations(SMALL).predict(
        artefact(trained), frame.assign(as_of_date=pd.Timestamp(TODAY_OF_SHOP))
    )
    found = lists(artefact(trained), frame)
    one = packed[(packed["customer_id"] == "c003") & (packed["list_name"] == DISCOVER)].iloc[0]
    same = found[(found["customer_id"] == "c003") & (found["list_name"] == DISCOVER)]
    assert one["product_ids"].split(SEPARATOR) == same["product_id"].tolist()
    assert len(packed) == 2 * frame["customer_id"].nunique()
