"""A tiny telephone company as feature frames: subscribers who leave by a known rule."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ml.feature_contract import Feature, FeatureContract
from ml.task import TrainingData

DAY = date(2018, 1, 1)
CONTRACT = FeatureContract(
    relation="features.ftr_subscriptions",
    keys=("as_of_date", "subscription_id", "customer_id", "source_name"),
    features=(
        Feature(name="contract_name", kind="categorical"),
        Feature(name="tenure_months", kind="numeric"),
        Feature(name="monthly_amount", kind="numeric"),
        Feature(name="has_partner", kind="numeric"),
    ),
)


def snapshot(subscribers: int = 600, seed: int = 1, day: str = "2018-01-01") -> pd.DataFrame:
    """Subscribers as of one day, most of those churned who are new and free to go."""
    rng = np.random.default_rng(seed)
    contract = rng.choice(["Month-to-month", "One year"], subscribers)
    tenure = rng.integers(0, 72, subscribers)
    chance = 1 / (1 + np.exp(tenure / 15 - 1.5 * (contract == "Month-to-month") - 0.5))
    return pd.DataFrame(
        {
            "as_of_date": pd.Timestamp(day),
            "subscription_id": [f"t:{number}" for number in range(subscribers)],
            "customer_id": [f"t:c{number // 2}" for number in range(subscribers)],
            "source_name": "t",
            "contract_name": contract,
            "tenure_months": tenure.astype(float),
            "monthly_amount": rng.uniform(20, 120, subscribers),
            "has_partner": rng.choice([0.0, 1.0, np.nan], subscribers),
            "label_end_date": pd.Timestamp(day),
            "is_churned": rng.random(subscribers) < chance,
        }
    )


def dated(days: list[str], subscribers: int = 400) -> pd.DataFrame:
    """Other subscribers on each of some days, with windows of 30 days."""
    parts = [snapshot(subscribers, seed, day) for seed, day in enumerate(days)]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(label_end_date=frame["as_of_date"] + pd.Timedelta(days=30))


def training_data(frame: pd.DataFrame, evaluate_at: date = DAY) -> TrainingData:
    """A training set of the company."""
    details = {"horizon_days": 30, "label": "is_churned"}
    return TrainingData("t", CONTRACT, frame, evaluate_at, details)
