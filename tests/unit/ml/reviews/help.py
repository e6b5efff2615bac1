"""Reviews as frames, and a contract for them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ml.artefact import Artefact
from ml.feature_contract import Feature, FeatureContract
from ml.task import Trained, TrainingData
from tests.embedded_help import PROJECT_DIR

CONTRACT = FeatureContract(
    relation="features.ftr_reviews",
    keys=("review_id", "source_name"),
    features=(
        Feature(name="review_title", kind="text"),
        Feature(name="review_text", kind="text"),
    ),
)
DAY = date(2024, 6, 1)
GOOD = ["I love this dress", "Great quality and fits perfectly", "Beautiful colour and very soft"]
FAIR = ["It is okay but nothing special", "Average fabric and an okay length", "Decent but plain"]
POOR = ["Terrible fabric that fell apart", "Awful fit and very itchy", "I hate the cheap material"]


def reviews(texts: list[object], ratings: list[float] | None = None, days: int = 1) -> pd.DataFrame:
    """One review per text; the ratings in turn, spread over so many days."""
    count = len(texts)
    given = ratings or [np.nan]
    return pd.DataFrame(
        {
            "review_id": [f"s:{n}" for n in range(count)],
            "source_name": "s",
            "customer_id": pd.Series([None] * count, dtype=object),
            "rating": [given[n % len(given)] for n in range(count)],
            "reviewed_at": [
                pd.Timestamp("2024-01-01") + pd.Timedelta(days=n * days // max(count, 1))
                for n in range(count)
            ],
            "review_title": pd.Series([None] * count, dtype=object),
            "review_text": pd.Series(texts, dtype=object),
            "as_of_date": pd.Timestamp(DAY),
        }
    )


def rated(count: int, days: int = 1) -> pd.DataFrame:
    """Reviews of three kinds whose words tell the rating, each with a number word of its own."""
    kinds = [POOR, FAIR, GOOD]
    words = ["again", "today", "really", "simply", "clearly", "overall", "honestly", "certainly"]
    texts: list[object] = [
        f"{kinds[n % 3][n // 3 % 3]} {words[n % 8]} and that is what I think of it."
        for n in range(count)
    ]
    return reviews(texts, [1, 3, 5], days)


def seeds() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lexicons of the repository."""
    folder = PROJECT_DIR / "seeds"
    return (
        pd.read_csv(folder / "review_aspect_terms.csv"),
        pd.read_csv(folder / "review_opinion_terms.csv"),
    )


def data(frame: pd.DataFrame) -> TrainingData:
    """What a task would load."""
    aspects, opinions = seeds()
    found = {"evaluate_at": None, "day": DAY, "aspects": aspects, "opinions": opinions}
    return TrainingData("s", CONTRACT, frame, DAY, found, first_date=DAY)


def artefact(trained: Trained) -> Artefact:
    """What would be saved of a training."""
    named = (trained.model_name, "v", CONTRACT, DAY, trained.estimator, trained.details)
    return Artefact("review", "s", *named)
