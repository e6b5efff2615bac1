"""How good recommendations are on real invoices, by the protocols of the references.

    python benchmarks/recommendation_quality.py [FILE] [--cuts 2011-09-16 2011-10-14 2011-11-11]

FILE is online_retail.csv(.gz). Lines with a customer, a positive quantity and a positive price. Two
catalogues: all codes, as the references have it (postage and fees count as products), and goods
only, as the warehouse has it. Per cut: everything fitted to what was before it, measured on those
who bought before and in the 28 days from it. Last invoice: of customers with three or more, the
last one is left out; everything is fitted to all other invoices, those of other customers too,
also later ones, and the ranker to the invoices before the last.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from ml.recommend import measures  # noqa: E402
from ml.recommend.config import RecommendConfig  # noqa: E402
from ml.recommend.evaluation import evaluate  # noqa: E402
from ml.recommend.interactions import Interactions, day_number, encode  # noqa: E402
from ml.recommend.measures import Ranked, Resamples, estimate, ranked  # noqa: E402
from ml.recommend.people import people_before  # noqa: E402
from ml.recommend.ranker import (  # noqa: E402
    Window,
    fit_ranker,
    gather,
    learn,
    open_window,
    ranker_scores,
)
from ml.recommend.signals import Catalogue, fit_signals  # noqa: E402
from ml.recommend.task import catalogue_of  # noqa: E402
from ml.task import Evaluation  # noqa: E402

FILE = PROJECT_DIR.parent / "shared" / "data" / "online_retail" / "online_retail.csv.gz"
SPECIAL = PROJECT_DIR / "seeds" / "online_retail_special_codes.csv"
CUTS = ("2011-09-16", "2011-10-14", "2011-11-11")
LEAST_INVOICES = 3
COMMON_DAY = 20_000
"""The day that every customer's left-out invoice is moved to."""


def read_lines(path: Path = FILE) -> pd.DataFrame:
    """Lines with a customer, positive quantity and price."""
    frame = pd.read_csv(path, dtype={"CustomerID": str, "InvoiceNo": str, "StockCode": str})
    kept = frame["CustomerID"].notna() & (frame["Quantity"] > 0) & (frame["UnitPrice"] > 0)
    frame = frame[kept]
    return pd.DataFrame(
        {
            "invoice": frame["InvoiceNo"],
            "customer_id": frame["CustomerID"].str.removesuffix(".0"),
            "product_id": frame["StockCode"].str.upper().str.strip(),
            "product_name": frame["Description"].fillna(""),
            "interaction_date": pd.to_datetime(frame["InvoiceDate"]).dt.normalize(),
            "country": frame["Country"],
            "unit_count": frame["Quantity"],
            "net_revenue_amount": frame["Quantity"] * frame["UnitPrice"],
        }
    )


def goods_only(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines without postage, fees and the like."""
    special = pd.read_csv(SPECIAL, dtype=str)["stock_code"].str.upper()
    return lines[~lines["product_id"].isin(special)]


def interactions(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines as `features.ftr_interactions` has them, without returns."""
    keys = ["customer_id", "product_id", "interaction_date"]
    found = lines.groupby(keys, as_index=False).agg(
        country=("country", "max"),
        order_count=("invoice", "nunique"),
        unit_count=("unit_count", "sum"),
        net_revenue_amount=("net_revenue_amount", "sum"),
    )
    return found.assign(returned_unit_count=0)


def catalogue(lines: pd.DataFrame, config: RecommendConfig) -> Catalogue:
    """Every code of the lines with its first name by the alphabet."""
    names = lines.groupby("product_id", as_index=False)["product_name"].min()
    return catalogue_of(
        names.assign(category="unknown", is_product=True, exclusion_reason=None), config
    )


def measure(lines: pd.DataFrame, cut: date, config: RecommendConfig) -> list[Evaluation]:
    """What the task would store of a cut."""
    products = catalogue(lines, config)
    rows = encode(interactions(lines), products.product_ids)
    day, step = day_number(cut), config.window_days
    before = [
        open_window(rows, products, day - step * (n + 1), config)
        for n in range(config.ranker_windows)
    ]
    recipe = learn(before, config)
    window = open_window(rows, products, day, config)
    return evaluate(window, people_before(rows, day), recipe, config, "lists")


def last_invoice(lines: pd.DataFrame, config: RecommendConfig) -> dict[str, dict[str, float]]:
    """Recall and NDCG of the last invoices, of the ranker and of own frequency, with intervals."""
    products = catalogue(lines, config)
    heads = lines.groupby(["customer_id", "invoice"], as_index=False)["interaction_date"].min()
    heads = heads.sort_values(["customer_id", "interaction_date", "invoice"], ascending=False)
    turn = heads.groupby("customer_id").cumcount()
    counts = heads.groupby("customer_id")["invoice"].transform("size")
    enough = heads["customer_id"][counts >= LEAST_INVOICES]
    held = lines.merge(heads.assign(turn=turn)[["invoice", "turn"]], on="invoice")
    ours = held["customer_id"].isin(enough)
    # The ranker learns from the invoice before the last, the last one being out of sight.
    trained = _left_out(held[~(ours & (held["turn"] == 0))], ours, 1, products, config)
    window = _left_out(held, ours, 0, products, config)
    scores = ranker_scores(fit_ranker([trained], config), window.candidates)
    candidates = window.candidates
    top = ranked(candidates.customer, candidates.product, scores, measures.TOP)
    return {"ranker": _worth(top, window), "own frequency": _worth(_frequent(window), window)}


def _left_out(
    held: pd.DataFrame, ours: pd.Series, turn: int, products: Catalogue, config: RecommendConfig
) -> Window:
    """A window whose truth is one invoice of each customer. Signals keep the days as they are;
    the days of customers are moved so that the invoice falls on one day for all."""
    ours = ours.loc[held.index]
    target = ours & (held["turn"] == turn)
    past = held[~target]
    rows = encode(interactions(past), products.product_ids)
    signals = fit_signals(rows, products, int(rows.day.max()) + 1, config)
    own = past[ours.loc[past.index]]
    moved = _moved(encode(interactions(own), products.product_ids), held[target])
    people = people_before(moved, COMMON_DAY + 1)
    customer = np.searchsorted(moved.customer_ids.astype(str), held.loc[target, "customer_id"])
    product = pd.Index(products.product_ids).get_indexer(held.loc[target, "product_id"])
    truth = np.unique(customer * len(products.product_ids) + product)
    return Window(signals, people, gather(people, signals, config), truth)


def _moved(rows: Interactions, invoices: pd.DataFrame) -> Interactions:
    last = invoices.groupby("customer_id")["interaction_date"].min()
    days = last.reindex(rows.customer_ids).to_numpy("datetime64[D]").astype(np.int64)
    return replace(rows, day=rows.day + (COMMON_DAY - days)[rows.customer])


def _frequent(window: Window) -> Ranked:
    pairs = window.people.pairs
    buyers = window.signals.facts.buyers[pairs.product]
    order = np.lexsort((pairs.product, -buyers, -pairs.last, -pairs.days))
    value = np.empty(len(order))
    value[order] = -np.arange(len(order), dtype=np.float64)
    return ranked(pairs.customer, pairs.product, value, measures.TOP)


def _worth(top: Ranked, window: Window) -> dict[str, float]:
    pairs = window.people.pairs
    size = (window.truth, pairs.customer_count, pairs.product_count)
    resamples, found = Resamples(pairs.customer_count), {"customers": float(pairs.customer_count)}
    for name, values in (
        ("recall", measures.recall(top, *size)),
        ("ndcg", measures.ndcg(top, *size)),
    ):
        value = estimate(float(np.nanmean(values)), resamples.means(values))
        found |= {name: value.value, f"{name}_lower": value.lower, f"{name}_upper": value.upper}
    return found


def main() -> None:
    """Print everything, a row per list and baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--cuts", nargs="+", default=CUTS)
    asked = parser.parse_args()
    config = RecommendConfig(max_training_customers=1_000_000)
    lines = read_lines(asked.file)
    for name, some in (("all codes", lines), ("goods only", goods_only(lines))):
        for cut in asked.cuts:
            started = time.process_time()
            for row in measure(some, date.fromisoformat(cut), config):
                print(
                    f"{name} {cut} {row.metric_name} {row.metric_value:.4f} "
                    f"({row.ci_lower:.4f} to {row.ci_upper:.4f}); {row.baseline_name} "
                    f"{row.baseline_value:.4f}; n {row.sample_count}",
                    flush=True,
                )
            print(f"{name} {cut}: {time.process_time() - started:.0f} s of one core", flush=True)
        print(f"{name}, last invoice:", last_invoice(some, config), flush=True)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
