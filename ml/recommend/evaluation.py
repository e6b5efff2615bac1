"""Measure lists on a window that nothing was fitted to, beside simple ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import sparse

from ml.recommend import measures
from ml.recommend.config import RecommendConfig
from ml.recommend.factors import nmf_scores
from ml.recommend.interactions import Floats, Ints, day_of
from ml.recommend.measures import TOP, Ranked, Resamples, estimate, ranked
from ml.recommend.people import DENSE_BLOCK, People, score
from ml.recommend.ranker import Recipe, Window, best
from ml.recommend.scores import DenseScores, Singles
from ml.recommend.signals import Signals
from ml.task import Evaluation

OWN_FREQUENCY, POPULARITY = "own frequency", "popularity"
OURS = "(ours)"
COVERAGE = f"coverage_at_{TOP}"
SOURCES = {"ease": "EASE", "als": "ALS", "item_item": "item-item"}


def evaluate(
    window: Window, everybody: People, recipe: Recipe, config: RecommendConfig, model_name: str
) -> list[Evaluation]:
    """Rows for the combined list and the list of new products, each beside its baselines.

    Args:
        window: what is measured on: nothing of it was fitted to or chosen on.
        everybody: all customers as of its cut, for NMF.
        recipe: what orders the candidates.
        config: options.
        model_name: how the lists are called.
    """
    if not len(window.truth):
        return []
    baselines = _baselines(window, everybody, config)
    rows: list[Evaluation] = []
    scores: dict[str, Floats] = {}
    for is_new in (False, True):
        kind = recipe.kind(is_new)
        if kind not in scores:
            scores[kind] = recipe.scores(window.candidates, is_new)
        tops = {OURS: best(window, scores[kind], is_new)}
        tops |= {name: top for (name, new), top in baselines.items() if new == is_new}
        rows += _rows(window, tops, is_new, model_name, config)
    return rows


def _baselines(
    window: Window, everybody: People, config: RecommendConfig
) -> dict[tuple[str, bool], Ranked]:
    """Lists of simple methods by name and whether they hold new products only."""
    people, signals = window.people, window.signals
    parts: dict[tuple[str, bool], list[Ranked]] = {}
    nmf = _nmf(people, everybody, signals, config)
    count = people.pairs.customer_count
    # Popularity is dense whatever the products are, so these blocks are small ones.
    for start in range(0, count, DENSE_BLOCK):
        block = np.arange(start, min(start + DENSE_BLOCK, count))
        some = people.some(block)
        scores = {
            SOURCES[name]: s for name, s in score(some, signals, config).items() if name in SOURCES
        }
        scores[POPULARITY] = DenseScores(np.tile(_popularity(signals), (len(block), 1)))
        if nmf is not None:
            scores["NMF"] = DenseScores(nmf[block])
        nothing = sparse.csr_matrix(some.bought.shape, dtype=np.float32)
        for name, each in scores.items():
            for is_new, bought in ((False, nothing), (True, some.bought)):
                key = each.best(bought, signals.allowed, TOP)
                customer, product = key // some.pairs.product_count, key % some.pairs.product_count
                top = ranked(customer, product, each.at(customer, product).astype(np.float64), TOP)
                parts.setdefault((name, is_new), []).append(
                    Ranked(top.customer + block[0], top.product, top.place)
                )
    found = {key: _joined(tops) for key, tops in parts.items()}
    return {**found, (OWN_FREQUENCY, False): _own_frequency(people, signals)}


def _popularity(signals: Signals) -> Singles:
    """Falls with the place among the popular products; 0 for whatever is not."""
    values = np.zeros(len(signals.allowed), np.float32)
    values[signals.popular] = np.linspace(1, 0.01, len(signals.popular))
    return values


def _joined(tops: list[Ranked]) -> Ranked:
    return Ranked(
        *(
            np.concatenate([getattr(top, n) for top in tops])
            for n in ("customer", "product", "place")
        )
    )


def _own_frequency(people: People, signals: Signals) -> Ranked:
    """Days bought, then the latest, then the products with most buyers."""
    pairs = people.pairs
    fine = signals.allowed[pairs.product]
    buyers = signals.facts.buyers[pairs.product]
    order = np.lexsort((pairs.product, -buyers, -pairs.last, -pairs.days))
    value = np.empty(len(order))
    value[order] = -np.arange(len(order), dtype=np.float64)
    return ranked(pairs.customer[fine], pairs.product[fine], value[fine], TOP)


def _nmf(
    people: People, everybody: People, signals: Signals, config: RecommendConfig
) -> Singles | None:
    matrix = everybody.bought
    factors = min(config.nmf_factors, *(size - 1 for size in matrix.shape))
    if not signals.is_dense or factors < 1 or not matrix.nnz:
        return None
    return nmf_scores(matrix, people.bought, factors)


@dataclass(frozen=True)
class _Measured:
    """What lists are worth: each metric, and in each draw of customers."""

    values: dict[str, float]
    draws: dict[str, Floats]


def _measured(top: Ranked, truth: Ints, window: Window, resamples: Resamples) -> _Measured:
    per_customer = _numbers(top, truth, window)
    values = {
        name: float(np.nanmean(v)) if np.isfinite(v).any() else 0.0
        for name, v in per_customer.items()
    }
    draws = {name: resamples.means(v) for name, v in per_customer.items()}
    sold = int((window.signals.allowed & (window.signals.facts.buyers > 0)).sum())
    values[COVERAGE] = len(np.unique(top.product)) / max(sold, 1)
    draws[COVERAGE] = resamples.coverage(top, window.people.pairs.product_count, sold)
    return _Measured(values, draws)


def _rows(
    window: Window, tops: dict[str, Ranked], is_new: bool, model_name: str, config: RecommendConfig
) -> list[Evaluation]:
    """One row per metric and baseline; the list itself stands first among the lists."""
    truth = window.new_truth if is_new else window.truth
    size = len(np.unique(truth // window.people.pairs.product_count))
    if not size:
        return []
    resamples = Resamples(window.people.pairs.customer_count)
    found = {name: _measured(top, truth, window, resamples) for name, top in tops.items()}
    ours, day = found.pop(OURS), day_of(window.signals.cut)
    rows = []
    for name, theirs in found.items():
        for metric, value in ours.values.items():
            is_centred = metric == COVERAGE
            interval = estimate(value, ours.draws[metric], is_centred)
            gain = ours.draws[metric] - theirs.draws[metric]
            gained = estimate(value - theirs.values[metric], gain, is_centred)
            rows.append(
                Evaluation(
                    model_name=model_name,
                    is_champion=True,
                    metric_name=f"discover_{metric}" if is_new else metric,
                    metric_value=value,
                    ci_lower=interval.lower,
                    ci_upper=interval.upper,
                    baseline_name=name,
                    baseline_value=theirs.values[metric],
                    protocol=_protocol(day, is_new, config),
                    evaluated_as_of_date=day,
                    sample_count=size,
                    gain_lower=gained.lower,
                    gain_upper=gained.upper,
                )
            )
    return rows


def _numbers(top: Ranked, truth: Ints, window: Window) -> dict[str, Floats]:
    count, products = window.people.pairs.customer_count, window.people.pairs.product_count
    signals = window.signals
    return {
        f"ndcg_at_{TOP}": measures.ndcg(top, truth, count, products),
        f"precision_at_{TOP}": measures.precision(top, truth, count, products),
        f"recall_at_{TOP}": measures.recall(top, truth, count, products),
        f"novelty_at_{TOP}": measures.novelty(
            top, signals.facts.buyers, count, signals.customer_count
        ),
    }


def _protocol(day: date, is_new: bool, config: RecommendConfig) -> str:
    what = "products that are new to the customer" if is_new else "all products"
    return (
        f"customers who bought before {day} and within {config.window_days} days from it; {what} "
        f"that may be recommended, first {TOP}; everything fitted to purchases before {day}, the "
        f"ranker to the {config.ranker_windows} windows before it, chosen against the rule on the "
        "newest of these; NDCG with min(10, bought) as ideal; coverage of products sold before, "
        "novelty in bits; 95% over resampled customers, of coverage moved to its value"
    )
