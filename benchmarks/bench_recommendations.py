"""What recommendations cost at a size: memory and seconds of training and of scoring.

    python benchmarks/bench_recommendations.py [--customers 20000] [--products 5000] [--scored 5000]

Customers are generated: each has a taste, that is a group of products, and buys about twelve times
in a year, mostly of that group, popular products more often, some of them again. Training reads at
most `max_rows` interactions, as the task does: the customers beyond are never made here either, as
SQL leaves them out. Scoring is measured on `--scored` customers in frames as the task reads them,
and told for all. Seconds are those of all cores together.

Beside it, on the same rows: implicit's own item-item recommender (cosine), fitted and asked for
twenty products per customer, and popularity, that is one list for all. Quality is that of the
measured window, for products new to the customer.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from ml.artefact import Artefact  # noqa: E402
from ml.feature_contract import FeatureContract  # noqa: E402
from ml.recommend.config import RecommendConfig  # noqa: E402
from ml.recommend.interactions import day_number, encode, pairs_before  # noqa: E402
from ml.recommend.task import PRODUCTS, TODAY, Recommendations  # noqa: E402
from ml.task import TrainingData  # noqa: E402

DAY = date(2025, 1, 1)
GROUP, EVENTS, REPEATS, SCORED_AT_ONCE = 200, 12, 0.4, 4_000
CONTRACT = FeatureContract(relation="features.ftr_interactions", keys=(), features=())


def shop(customers: int, products: int, seed: int) -> pd.DataFrame:
    """Interactions of so many customers of a shop of so many products, by customer."""
    random = np.random.default_rng(seed)
    size = min(GROUP, products)
    groups = max(products // size, 1)
    count = random.poisson(EVENTS - 1, customers) + 1
    customer = np.repeat(np.arange(customers), count)
    rank = np.minimum((size * random.random(len(customer)) ** 3).astype(int), size - 1)
    group = np.repeat(random.integers(0, groups, customers), count)
    stray = random.random(len(customer)) < 0.2
    group = np.where(stray, random.integers(0, groups, len(customer)), group)
    product = group * size + rank
    again = (random.random(len(customer)) < REPEATS) & (np.diff(customer, prepend=-1) == 0)
    product[again] = product[np.flatnonzero(again) - 1]
    day = day_number(DAY) - random.integers(1, 365, len(customer))
    frame = pd.DataFrame(
        {
            "customer_id": pd.Series(np.char.add("c", customer.astype(str)), dtype="str"),
            "product_id": pd.Series(np.char.add("p", product.astype(str)), dtype="str"),
            "interaction_date": pd.to_datetime(day, unit="D"),
            "country": pd.Series(np.where(customer % 3 == 0, "France", "Spain"), dtype="str"),
        }
    )
    frame = frame.drop_duplicates(["customer_id", "product_id", "interaction_date"])
    return frame.assign(
        order_count=1, unit_count=1, net_revenue_amount=5.0, returned_unit_count=0
    ).reset_index(drop=True)


def catalogue(products: int) -> pd.DataFrame:
    """Products with a name of two words of their group and one of their own."""
    number = np.arange(products)
    group = number // GROUP
    words = [f"kind{g} make{g % 17} item{n}" for n, g in zip(number, group, strict=True)]
    return pd.DataFrame(
        {
            "product_id": [f"p{n}" for n in number],
            "product_name": words,
            "category": [f"category {g}" for g in group],
            "is_product": True,
            "exclusion_reason": None,
        }
    )


def peak() -> float:
    """The most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@contextmanager
def told(what: str, taken: dict[str, float]) -> Iterator[None]:
    """Say how long something took."""
    started, cpu = time.perf_counter(), time.process_time()
    yield
    taken[what] = time.process_time() - cpu
    wall = time.perf_counter() - started
    print(
        f"{what}: {taken[what]:.1f} s of one core ({wall:.1f} s), peak {peak():.2f} GB", flush=True
    )


def alternative(frame: pd.DataFrame, taken: dict[str, float], scored: int) -> None:
    """implicit's item-item recommender on the same rows."""
    from implicit.nearest_neighbours import CosineRecommender  # noqa: PLC0415

    rows = encode(frame, np.unique(frame["product_id"].to_numpy(object)))
    pairs = pairs_before(rows, day_number(DAY))
    matrix = pairs.matrix(np.ones(len(pairs.product))).astype(np.float64)
    model = CosineRecommender(K=100, num_threads=1)
    with told("implicit item-item, fit", taken):
        model.fit(matrix, show_progress=False)
    some = np.arange(min(scored, matrix.shape[0]))
    with told(f"implicit item-item, {len(some)} lists", taken):
        model.recommend(some, matrix[some], N=20)


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--products", type=int, default=5_000)
    parser.add_argument("--scored", type=int, default=5_000)
    asked = parser.parse_args()
    config = RecommendConfig()
    read = min(asked.customers, config.max_rows // EVENTS)
    print(
        f"{asked.customers} customers, {asked.products} products; training reads {read} customers"
    )
    taken: dict[str, float] = {}
    with told("generating", taken):
        frame, products = shop(read, asked.products, 1), catalogue(asked.products)
    task = Recommendations(config)
    details = {PRODUCTS: products, TODAY: DAY, "customer_share": read / asked.customers}
    data = TrainingData(
        "bench", CONTRACT, frame, DAY - timedelta(days=28), details, first_date=date(2024, 1, 1)
    )
    with told("training", taken):
        trained = task.train(data)
    print(trained.parameters["item_item"], "item-item;", trained.details["reason"])
    for row in trained.evaluations:
        if row.metric_name in ("ndcg_at_10", "discover_ndcg_at_10", "discover_coverage_at_10"):
            ratio = row.metric_value / row.baseline_value if row.baseline_value else float("nan")
            print(
                f"{row.metric_name} {row.metric_value:.4f}, {row.baseline_name} "
                f"{row.baseline_value:.4f}: {ratio:.2f} times"
            )
    model = Artefact(
        task.name, "bench", trained.model_name, "v", CONTRACT, DAY, trained.estimator, {}
    )
    scored = min(asked.scored, asked.customers)
    rows = shop(scored, asked.products, 2).assign(as_of_date=pd.Timestamp(DAY))
    with told(f"scoring {scored}", taken):
        for start in range(0, scored, SCORED_AT_ONCE):
            number = rows["customer_id"].str[1:].astype(int)
            inside = (number >= start) & (number < start + SCORED_AT_ONCE)
            task.predict(model, rows[inside])
    each = taken[f"scoring {scored}"] / scored
    print(f"scoring {asked.customers} at that pace: {each * asked.customers / 60:.0f} minutes")
    alternative(frame, taken, scored)
    theirs = taken["implicit item-item, fit"]
    print(f"training took {taken['training'] / max(theirs, 1e-9):.0f} times implicit's fit")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
