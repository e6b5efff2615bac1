"""A tiny shop as a feature frame: customers who order by a known rule."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ml.feature_contract import Feature, FeatureContract
from ml.task import TrainingData

HORIZON = 30
CONTRACT = FeatureContract(
    relation="features.ftr_customers",
    keys=("as_of_date", "customer_id", "source_name"),
    features=(
        Feature(name="days_since_last_order", kind="numeric"),
        Feature(name="order_count", kind="numeric"),
        Feature(name="net_revenue_amount", kind="numeric"),
        Feature(name="mean_days_between_orders", kind="numeric"),
        Feature(name="country", kind="categorical"),
    ),
)


def frame(dates: list[str], customers: int = 300, seed: int = 1) -> pd.DataFrame:
    """Features and labels: who bought lately and often is likelier to come back."""
    rng = np.random.default_rng(seed)
    parts = []
    for day in pd.to_datetime(dates):
        recency = rng.integers(1, 200, customers)
        count = rng.geometric(0.3, customers)
        chance = 1 / (1 + np.exp(-(recency / 40 - count / 2 - 1)))
        parts.append(
            pd.DataFrame(
                {
                    "as_of_date": day,
                    "customer_id": [f"s:{number}" for number in range(customers)],
                    "source_name": "s",
                    "days_since_last_order": recency.astype(float),
                    "order_count": count.astype(float),
                    "net_revenue_amount": count * rng.lognormal(3, 1, customers),
                    "mean_days_between_orders": np.where(count > 1, recency / count, np.nan),
                    "country": rng.choice(["GB", "FR", "Österreich"], customers),
                    "label_end_date": day + pd.Timedelta(days=HORIZON),
                    "is_churned": rng.random(customers) < chance,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def training_data(dates: list[str], evaluate_at: str, **kwargs: int) -> TrainingData:
    """A training set of the tiny shop."""
    details = {"horizon_days": HORIZON, "label": "is_churned"}
    return TrainingData(
        "s", CONTRACT, frame(dates, **kwargs), date.fromisoformat(evaluate_at), details
    )
