"""What the three tasks of reviews share: reading, dates, and that a review is the entity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

import pandas as pd
from pydantic import BaseModel

from ml.artefact import Artefact
from ml.columns import AS_OF_DATE
from ml.feature_contract import FeatureContract
from ml.reviews import reading
from ml.reviews.columns import REVIEWED_AT
from ml.task import NotEnoughData, Task, TrainingData
from warehouse.settings import Settings


class ReviewTask(Task):
    """A task over `ftr_reviews`; the newest model scores."""

    feature_model: ClassVar[str] = "ftr_reviews"
    config: Any

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        config: BaseModel = self.config
        return config.model_dump()

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read the newest reviews.

        Raises:
            NotEnoughData: the shop has no reviews.
        """
        frame = reading.reviews(settings, contract, source, self.config.max_rows)
        if frame.empty:
            raise NotEnoughData(f"{self.name} of {source}: no reviews")
        wanted = {"evaluate_at": evaluate_at, **self.lexicons(settings)}
        day = frame[REVIEWED_AT].max().date() + timedelta(days=1)
        oldest = frame[REVIEWED_AT].min().date()
        return TrainingData(
            source, contract, frame, evaluate_at or day, {**wanted, "day": day}, first_date=oldest
        )

    def lexicons(self, settings: Settings) -> dict[str, Any]:
        """What the task reads beside reviews; nothing, unless overridden."""
        return {}

    def newest_date(self, settings: Settings, artefact: Artefact) -> date | None:
        """The day after the newest review."""
        return reading.newest_date(settings, artefact.contract, artefact.source_name)

    def scoring_frames(
        self, settings: Settings, artefact: Artefact, as_of: date
    ) -> Iterator[pd.DataFrame]:
        """Yield all reviews written before a day, without their ratings."""
        return reading.scoring_frames(settings, artefact.contract, artefact.source_name, as_of)


def keyed(artefact: Artefact, frame: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Put the keys of reviews before what was found; `found` has an index of the frame's rows."""
    keys = frame[[*artefact.contract.keys, AS_OF_DATE]].loc[found.index]
    return pd.concat([keys, found], axis=1).reset_index(drop=True)
