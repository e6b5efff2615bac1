"""Segments of real invoices: how good they are, and what a refit a month later does to them."""

from __future__ import annotations

from datetime import date

from threadpoolctl import threadpool_limits

from ml.artefact import Artefact
from ml.feature_contract import read_feature_contract
from ml.frames import scoring_frame
from ml.segmentation import Segmentation, SegmentationConfig
from ml.segmentation.scoring import by_customer
from ml.task import TrainingData
from orchestration.dbt_runner import manifest_path
from tests.e2e.home import Home
from tests.e2e.real_data import needs_real_data

pytestmark = needs_real_data
# The choice among all candidates is made by the home's own training.
QUICK = Segmentation(SegmentationConfig(algorithms=("kmeans",), refits=3, final_refits=4))
EVALUATIONS = """
select metric_name, metric_value, baseline_value, ci_lower, ci_upper
from predictions.model_evaluations
where task_name = 'segmentation' and source_name = 'online_retail' and is_champion
"""


def test_segments_hold_their_promise(all_home: Home, record_property) -> None:
    found = {name: rest for name, *rest in all_home.rows(EVALUATIONS)}
    agreement, silhouette = found["adjusted_rand_index"], found["silhouette"]
    record_property(
        "measured",
        f"online_retail: segments agree at {agreement[0]:.3f} (shuffled {agreement[1]:.3f}), "
        f"silhouette {silhouette[0]:.3f} (shuffled {silhouette[1]:.3f})",
    )
    assert agreement[0] >= 0.85
    assert silhouette[0] > silhouette[1] + 0.1
    segments = all_home.rows(
        "select customer_share, is_outlier_group from predictions.segments "
        "where source_name = 'online_retail'"
    )
    assert len(segments) >= 4
    assert all(share >= 0.02 or is_outlier for share, is_outlier in segments)


def test_a_refit_a_month_later_keeps_segments_and_idle_customers(
    all_home: Home, record_property
) -> None:
    settings = all_home.settings
    contract = read_feature_contract(manifest_path(settings), QUICK.feature_model)
    first, second = date(2011, 11, 1), date(2011, 12, 1)
    before, after = (
        scoring_frame(settings, contract, "online_retail", day) for day in (first, second)
    )

    def train(frame, day: date, champion: Artefact | None) -> Artefact:
        data = TrainingData("online_retail", contract, frame, day, champion=champion)
        with threadpool_limits(limits=1):
            trained = QUICK.train(data)
        return Artefact(
            task_name="segmentation",
            source_name="online_retail",
            model_name=trained.model_name,
            model_version=str(day),
            contract=contract,
            trained_as_of_date=day,
            estimator=trained.estimator,
            details=trained.details,
        )

    old = train(before, first, None)
    earlier = QUICK.predict(old, before)
    new = train(after, second, old)
    ids = [{s["segment_id"] for s in artefact.details["segments"]} for artefact in (old, new)]
    assert len(ids[0] & ids[1]) >= 0.95 * len(ids[0])

    # Nobody has changed: the customers of November under the model of December.
    idle = QUICK.settle(new, before, QUICK.predict(new, before), by_customer(earlier))
    assert (idle["segment_id"] == earlier["segment_id"]).all()
    # The rule is what keeps them: the nearest centre would move some.
    assert (idle["nearest_segment_id"] != earlier["segment_id"]).any()

    settled = QUICK.settle(new, after, QUICK.predict(new, after), by_customer(earlier))
    known = settled["previous_segment_id"].notna()
    moved = known & (settled["segment_id"] != settled["previous_segment_id"])
    assert (settled["move_reason"].notna() == moved).all()
    record_property(
        "measured", f"online_retail: {moved.sum()} of {known.sum()} customers moved in November"
    )
