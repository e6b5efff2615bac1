"""A shop of four kinds of customers, far apart, for whoever looks for segments."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ml.segmentation import SegmentationConfig
from ml.task import TrainingData
from tests.unit.ml.shop import CONTRACT

# Days since the last and the first order, orders, money.
KINDS = {
    "VIP": (5, 400, 60, 20000),
    "new": (4, 5, 1, 30),
    "gone": (300, 310, 1, 25),
    "slipping": (250, 600, 20, 4000),
}
CONFIG = SegmentationConfig(
    segment_counts=(2, 4, 5),
    refits=3,
    final_refits=3,
    final_shuffles=1,
    shuffles=1,
    coordinate_rows=60,
)


def shop(per_kind: int = 60, seed: int = 2, day: str = "2024-06-01") -> TrainingData:
    """Customers of every kind as of one day; column `kind` says which is which."""
    rng = np.random.default_rng(seed)
    parts = [
        pd.DataFrame(
            {
                "kind": kind,
                "days_since_last_order": np.maximum(1, recency * rng.lognormal(0, 0.15, per_kind)),
                "days_since_first_order": np.maximum(1, tenure * rng.lognormal(0, 0.15, per_kind)),
                "order_count": np.maximum(1, count * rng.lognormal(0, 0.15, per_kind)),
                "net_revenue_amount": spend * rng.lognormal(0, 0.15, per_kind),
            }
        )
        for kind, (recency, tenure, count, spend) in KINDS.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["customer_id"] = [f"s:{number}" for number in frame.index]
    frame["as_of_date"], frame["source_name"] = pd.Timestamp(day), "s"
    return TrainingData("s", CONTRACT, frame, date.fromisoformat(day))
