from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.artefact import Artefact
from ml.segmentation import Segmentation, SegmentationConfig, assign, fit, shuffle_columns
from ml.task import NotEnoughData, TrainingData
from tests.unit.ml.shop import CONTRACT
from warehouse.errors import ClienteleError

TASK = Segmentation(SegmentationConfig(halvings=3))
# Four kinds of customers, far apart: days since the last order, orders, money.
KINDS = {"VIP": (5, 40, 9000), "new": (4, 1, 30), "gone": (300, 1, 25), "slipping": (250, 30, 7000)}


def shop(per_kind: int = 60, seed: int = 2) -> TrainingData:
    rng = np.random.default_rng(seed)
    parts = [
        pd.DataFrame(
            {
                "kind": kind,
                "days_since_last_order": np.maximum(1, recency * rng.lognormal(0, 0.15, per_kind)),
                "order_count": np.maximum(1, count * rng.lognormal(0, 0.15, per_kind)),
                "net_revenue_amount": spend * rng.lognormal(0, 0.15, per_kind),
            }
        )
        for kind, (recency, count, spend) in KINDS.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["customer_id"] = [f"s:{number}" for number in frame.index]
    frame["as_of_date"], frame["source_name"] = pd.Timestamp("2024-06-01"), "s"
    return TrainingData("s", CONTRACT, frame, date(2024, 6, 1))


def artefact_of(data: TrainingData, task: Segmentation = TASK) -> Artefact:
    trained = task.train(data)
    return Artefact(
        task_name="segmentation",
        source_name="s",
        model_name=trained.model_name,
        model_version="v",
        contract=CONTRACT,
        trained_as_of_date=trained.trained_as_of_date,
        estimator=trained.estimator,
        details=trained.details,
    )


def test_planted_groups_are_found_and_named_by_what_they_do() -> None:
    data = shop()
    scores = TASK.predict(artefact_of(data), data.frame)
    found = pd.crosstab(data.frame["kind"], scores["persona_name"])
    assert found.shape == (4, 4)
    assert (found.max(axis=1) == 60).all()
    assert found.idxmax(axis=1).to_dict() == {
        "VIP": "VIP",
        "new": "Newcomers",
        "gone": "Lost casuals",
        "slipping": "Slipping VIP",
    }


def test_segment_one_spends_most_whatever_the_order_of_customers() -> None:
    data = shop()
    shuffled = replace(data, frame=data.frame.sample(frac=1, random_state=9))
    for each in (data, shuffled):
        scores = TASK.predict(artefact_of(each), each.frame)
        spend = each.frame["net_revenue_amount"].groupby(scores["segment_number"]).median()
        assert spend.is_monotonic_decreasing
        assert spend.index.tolist() == [1, 2, 3, 4]


def test_quality_beats_shuffled_columns_where_there_are_groups() -> None:
    rows = {row.metric_name: row for row in TASK.train(shop()).evaluations}
    assert rows["silhouette"].metric_value > rows["silhouette"].baseline_value + 0.2
    assert rows["adjusted_rand_index"].metric_value == pytest.approx(1.0)


def test_one_customer_gets_the_segment_of_the_batch() -> None:
    data = shop()
    artefact = artefact_of(data)
    batch = TASK.predict(artefact, data.frame)
    alone = TASK.predict(artefact, data.frame.iloc[[70]])
    assert alone["persona_name"].iloc[0] == batch["persona_name"].iloc[70]
    assert alone["distance_to_centre"].iloc[0] == pytest.approx(
        batch["distance_to_centre"].iloc[70], abs=1e-12
    )


def test_refunds_larger_than_purchases_are_scored() -> None:
    data = shop()
    refunded = data.frame.head(1).assign(net_revenue_amount=-500.0)
    assert TASK.predict(artefact_of(data), refunded)["segment_number"].between(1, 4).all()


def test_customers_who_are_all_alike_are_no_segments() -> None:
    data = shop()
    same = data.frame.assign(days_since_last_order=3.0, order_count=1.0, net_revenue_amount=9.0)
    with pytest.raises(NotEnoughData, match="too alike"):
        TASK.train(replace(data, frame=same))


def test_one_outlier_is_no_segment() -> None:
    data = shop()
    odd = data.frame.head(1).assign(net_revenue_amount=1e12, order_count=1e6, customer_id="s:odd")
    frame = pd.concat([data.frame, odd], ignore_index=True)
    five = Segmentation(SegmentationConfig(halvings=2, segment_counts=(5,)))
    with pytest.raises(NotEnoughData, match="2%"):
        five.train(replace(data, frame=frame))


def test_a_missing_number_names_the_customer() -> None:
    data = shop()
    frame = data.frame.copy()
    frame.loc[5, "net_revenue_amount"] = np.nan
    with pytest.raises(ClienteleError, match="s:5"):
        fit(frame, 4)


def test_shuffling_keeps_every_column_and_breaks_the_rows() -> None:
    frame = shop().frame
    shuffled = shuffle_columns(frame)
    assert sorted(shuffled["order_count"]) == sorted(frame["order_count"])
    assert abs(shuffled["order_count"].corr(shuffled["net_revenue_amount"])) < 0.2
    assert frame["order_count"].corr(frame["net_revenue_amount"]) > 0.8


def test_assignment_is_to_the_nearest_centre() -> None:
    frame = shop().frame
    model = fit(frame, 4)
    labels, distances = assign(model, frame)
    centres = model["cluster"].cluster_centers_
    scaled = model[:-1].transform(
        frame[["days_since_last_order", "order_count", "net_revenue_amount"]].to_numpy()
    )
    every = np.linalg.norm(scaled[:, None] - centres[None], axis=2)
    np.testing.assert_array_equal(labels, every.argmin(axis=1))
    np.testing.assert_allclose(distances, every.min(axis=1))
