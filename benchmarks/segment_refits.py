"""What a refit does to segments and customers: monthly as-of dates of a shop, one after another.

    python -m benchmarks.segment_refits online_retail [2011-09-01 2011-10-01 ...]

Each date is trained with the model of the date before as champion and scored with its scores as
the ones before, as `clientele train` and `score` would, but nothing is written.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from ml.artefact import Artefact
from ml.columns import CUSTOMER_ID, SEGMENT_ID
from ml.feature_contract import FeatureContract, read_feature_contract
from ml.frames import as_of_dates, scoring_frame
from ml.segmentation import Segmentation
from ml.segmentation.behaviour import FREQUENCY
from ml.segmentation.identity import REFITTED
from ml.segmentation.scoring import by_customer
from ml.task import Trained, TrainingData
from orchestration.dbt_runner import manifest_path
from warehouse.connect import ensure_server
from warehouse.settings import load_settings

TASK = Segmentation()
NEWEST = 5


def main(source: str, days: list[date]) -> None:
    """Print one block per date."""
    settings = ensure_server(load_settings())
    contract = read_feature_contract(manifest_path(settings), TASK.feature_model)
    known = [day.date() for day in as_of_dates(settings, source)["as_of_date"]]
    champion: Artefact | None = None
    before = earlier = pd.DataFrame()
    for day in days or [day for day in known if day.day == 1][-NEWEST:]:
        frame = scoring_frame(settings, contract, source, day)
        with threadpool_limits(limits=1):
            trained = TASK.train(TrainingData(source, contract, frame, day, champion=champion))
        artefact = as_artefact(trained, contract, source, day)
        nearest = TASK.predict(artefact, frame)
        scores = TASK.settle(artefact, frame, nearest, earlier)
        show_segments(day, trained)
        if champion is not None:
            show_refit(artefact, before, earlier)
            show_moves(scores, nearest, frame, before)
        champion, before, earlier = artefact, frame, by_customer(scores)


def as_artefact(trained: Trained, contract: FeatureContract, source: str, day: date) -> Artefact:
    """The model as it would be stored."""
    return Artefact(
        task_name=TASK.name,
        source_name=source,
        model_name=trained.model_name,
        model_version=str(day),
        contract=contract,
        trained_as_of_date=day,
        estimator=trained.estimator,
        details=trained.details,
    )


def show_segments(day: date, trained: Trained) -> None:
    """Print how good the fit is and its segments."""
    said = ", ".join(
        f"{row.metric_name} {row.metric_value:.3f} ({row.ci_lower:.3f} to {row.ci_upper:.3f}; "
        f"shuffled {row.baseline_value:.3f})"
        for row in trained.evaluations
        if row.is_champion and row.metric_name in ("silhouette", *_STABLE)
    )
    print(f"\n{day}: {trained.model_name}, {trained.details['reason']}; {said}")
    for segment in trained.details["segments"]:
        overlap = "new" if segment["overlap"] is None else f"overlap {segment['overlap']:.3f}"
        print(
            f"  {segment['segment_id']}  {segment['persona_name']:<22}"
            f"{segment['customer_count']:>6}  {segment['customer_share']:.3f}  {overlap}"
        )


def show_refit(artefact: Artefact, before: pd.DataFrame, earlier: pd.DataFrame) -> None:
    """Print who would move if nobody had changed: the customers of the date before, scored anew."""
    nearest = TASK.predict(artefact, before)
    settled = TASK.settle(artefact, before, nearest, earlier)
    was = earlier[SEGMENT_ID].to_numpy()
    kept, near = (_share(s[SEGMENT_ID].to_numpy() == was) for s in (settled, nearest))
    print(
        f"  refit alone: {kept} of {len(before):,} keep their segment, "
        f"by the nearest centre {near} would"
    )


def show_moves(
    scores: pd.DataFrame, nearest: pd.DataFrame, frame: pd.DataFrame, before: pd.DataFrame
) -> None:
    """Print who moved, and why."""
    known = scores["previous_segment_id"].notna()
    keeps = scores[SEGMENT_ID] == scores["previous_segment_id"]
    near = nearest[SEGMENT_ID] == scores["previous_segment_id"]
    orders = frame[[CUSTOMER_ID]].merge(before[[CUSTOMER_ID, FREQUENCY]], how="left")[FREQUENCY]
    quiet = known & (frame[FREQUENCY].to_numpy() == orders.to_numpy())
    for name, rows in (("without an order since", quiet), ("with one", known & ~quiet)):
        print(
            f"  {name}: {rows.sum():,} customers, {_share(keeps[rows])} keep their segment "
            f"(nearest centre: {_share(near[rows])})"
        )
    words = scores.loc[known & ~keeps, "move_reason"]
    assert words.notna().all()
    refitted = int(words.str.startswith(REFITTED).sum())
    print(f"  {len(words)} moves, {refitted} of them after the refit had moved the border:")
    for text, count in words.map(_kind).value_counts().items():
        print(f"    {count:>5}  {text}")


def _kind(words: str) -> str:
    return re.sub(r" from -?[\d.]+ to -?[\d.]+", "", words).removeprefix(f"{REFITTED}, and ")


def _share(rows: Any) -> str:
    return f"{100 * float(rows.mean()):.1f}%"


_STABLE = ("adjusted_rand_index",)

if __name__ == "__main__":
    main(sys.argv[1], [date.fromisoformat(text) for text in sys.argv[2:]])
