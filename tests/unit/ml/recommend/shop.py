"""Small shops written by hand or drawn, as frames of features."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml.feature_contract import FeatureContract
from ml.recommend.config import RecommendConfig
from ml.recommend.interactions import Interactions, day_of, encode
from ml.recommend.signals import Catalogue
from ml.recommend.task import PRODUCTS, TODAY, catalogue_of
from ml.task import TrainingData

TODAY_OF_SHOP = date(2024, 3, 1)
CONTRACT = FeatureContract(relation="features.ftr_interactions", keys=(), features=())
SMALL = RecommendConfig(
    als_factors=4, nmf_factors=3, trees=20, min_rows_per_leaf=5, min_customers=5
)

Row = tuple[str, str, str]


def interactions(rows: Sequence[Row], **changed: Any) -> pd.DataFrame:
    """A frame of (customer, product, ISO day): one order of one piece for 2."""
    frame = pd.DataFrame(list(rows), columns=["customer_id", "product_id", "interaction_date"])
    frame["interaction_date"] = pd.to_datetime(frame["interaction_date"])
    frame = frame.assign(
        country="France",
        order_count=1,
        unit_count=1,
        net_revenue_amount=2.0,
        returned_unit_count=0,
    )
    return frame.assign(**changed)


def products(names: dict[str, str], **changed: Any) -> pd.DataFrame:
    """A frame of products by id and name, all of them goods."""
    frame = pd.DataFrame({"product_id": list(names), "product_name": list(names.values())})
    frame = frame.assign(category="unknown", is_product=True, exclusion_reason=None)
    return frame.assign(**changed)


def encoded(rows: Sequence[Row], names: dict[str, str]) -> tuple[Interactions, Catalogue]:
    """Arrays of a shop and its catalogue."""
    catalogue = catalogue_of(products(names), SMALL)
    return encode(interactions(rows), catalogue.product_ids), catalogue


def data(
    frame: pd.DataFrame, catalogue: pd.DataFrame, cut: date, today: date = TODAY_OF_SHOP
) -> TrainingData:
    """What the task would load of a shop."""
    details = {PRODUCTS: catalogue, TODAY: today, "customer_share": 1.0}
    first = frame["interaction_date"].min().date()
    return TrainingData("shop", CONTRACT, frame, cut, details, first_date=first)


def drawn(customers: int = 60, count: int = 24, days: int = 140, seed: int = 0) -> pd.DataFrame:
    """A shop of two tastes: even customers buy even products, odd ones odd; all return to some."""
    random = np.random.default_rng(seed)
    rows = []
    end = TODAY_OF_SHOP.toordinal() - date(1970, 1, 1).toordinal()
    for customer in range(customers):
        mine = random.choice(np.arange(customer % 2, count, 2), 5, replace=False)
        for day in np.sort(random.choice(np.arange(end - days, end), 9, replace=False)):
            for product in random.choice(mine, 2, replace=False):
                rows.append((f"c{customer:03d}", f"p{product:02d}", day_of(day).isoformat()))
    return interactions(rows)


def names(count: int = 24) -> dict[str, str]:
    """Names of drawn products."""
    return {f"p{n:02d}": f"{'red' if n % 2 else 'blue'} thing {n}" for n in range(count)}
