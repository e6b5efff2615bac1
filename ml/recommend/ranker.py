"""The ranker: learns before a cut which candidates are bought, and is held against a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.recommend.candidates import Candidates, find_candidates
from ml.recommend.config import SEED, RecommendConfig
from ml.recommend.features import FEATURES, column
from ml.recommend.interactions import Floats, Interactions, Ints
from ml.recommend.measures import TOP, Ranked, ndcg, ranked
from ml.recommend.people import People, blocks, people_before
from ml.recommend.signals import Catalogue, Signals, fit_signals
from ml.threads import threads_for

RANKER, RULE = "ranker", "rule"


@dataclass(frozen=True)
class Window:
    """Customers who had bought before a cut and bought within so many days after it."""

    signals: Signals
    people: People
    candidates: Candidates
    truth: Ints
    """Keys (customer times products plus product) of what they bought in the window."""

    @property
    def hits(self) -> NDArray[np.bool_]:
        """Whether a candidate was bought."""
        candidates = self.candidates
        return np.isin(
            candidates.customer * self.people.pairs.product_count + candidates.product, self.truth
        )

    @property
    def new_truth(self) -> Ints:
        """What of it they had not bought before."""
        return np.setdiff1d(self.truth, self.people.pairs.keys, assume_unique=True)


def open_window(
    rows: Interactions,
    catalogue: Catalogue,
    cut: int,
    config: RecommendConfig,
    most: int | None = None,
) -> Window:
    """Gather candidates as of a cut for those who buy after it; of more than `most`, a sample."""
    signals = fit_signals(rows, catalogue, cut, config)
    after = rows.within(cut, cut + config.window_days)
    after = after.take(after.orders > 0)
    before = people_before(rows, cut)
    chosen = np.intersect1d(np.flatnonzero(before.shop_days > 0), after.customer)
    if most is not None and len(chosen) > most:
        chosen = np.sort(np.random.default_rng(SEED).choice(chosen, most, replace=False))
    people = before.some(chosen)
    place = np.full(len(rows.customer_ids), -1)
    place[chosen] = np.arange(len(chosen))
    ours = place[after.customer] >= 0
    truth = np.unique(place[after.customer[ours]] * len(rows.product_ids) + after.product[ours])
    return Window(signals, people, gather(people, signals, config), truth)


def gather(people: People, signals: Signals, config: RecommendConfig) -> Candidates:
    """Candidates of any number of customers, block by block."""
    count = people.pairs.customer_count
    parts = []
    for block in blocks(count, signals):
        found = find_candidates(people.some(block), signals, config)
        first = int(np.searchsorted(people.pairs.customer, block[0])) if len(block) else 0
        pair = np.where(found.pair >= 0, found.pair + first, -1)
        parts.append(Candidates(found.customer + block[0], found.product, pair, found.features))
    if not parts:
        nothing = np.empty(0, np.int64)
        return Candidates(nothing, nothing, nothing, np.empty((0, len(FEATURES)), np.float32))
    return Candidates(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("customer", "product", "pair", "features")
        )
    )


def fit_ranker(windows: list[Window], config: RecommendConfig) -> Any:
    """Fit LightGBM to the probability that a candidate is bought in the window; None where no
    candidate was, or every one."""
    import lightgbm as lgb  # noqa: PLC0415

    hits = np.concatenate([window.hits for window in windows])
    if not hits.any() or hits.all():
        return None
    read = hits | (np.random.default_rng(SEED).random(len(hits)) < config.negative_share)
    ends = np.cumsum([len(window.candidates.customer) for window in windows])
    # Cut window by window: all of them together are the largest thing of a training.
    features = np.concatenate(
        [
            window.candidates.features[rows]
            for window, rows in zip(windows, np.split(read, ends[:-1]), strict=True)
        ]
    )
    hits = hits[read]
    parameters = {
        "objective": "binary",
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_rows_per_leaf,
        "feature_fraction": 0.5,
        "max_bin": 63,
        "seed": SEED,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
    weight = np.where(hits, 1, 1 / config.negative_share)
    data = lgb.Dataset(
        features, hits.astype(np.float32), weight=weight, feature_name=list(FEATURES)
    )
    return lgb.train(parameters, data, config.trees)


def ranker_scores(booster: Any, candidates: Candidates) -> Floats:
    """Probability that each candidate is bought."""
    if not len(candidates.customer):
        return np.empty(0)
    threads = threads_for(len(candidates.customer))
    return np.asarray(booster.predict(candidates.features, num_threads=threads), np.float64)


def rule_scores(candidates: Candidates) -> Floats:
    """Own products by the days on which they were bought, then the latest, then the popular ones;
    all others behind them, by EASE, or by item-item neighbours where EASE was not fitted."""

    def values(name: str) -> Floats:
        return np.asarray(candidates.features[:, column(name)], np.float64)

    share, buyers = values("ease_share"), values("product_buyers")
    near = np.nan_to_num(values("item_item_share"))
    popular = values("product_buyers_28")
    new = np.where(np.isnan(share), near, share) + 1e-9 * popular
    age = np.nan_to_num(values("own_since_last"))
    own = 2 + values("own_days") - age / 1e6 + buyers / 1e15
    return np.where(candidates.is_own, own, np.minimum(new, 1))


@dataclass(frozen=True)
class Recipe:
    """What orders the candidates after a cut, and why.

    `combined` and `discover` say for either list whether the ranker does or the rule.
    """

    booster: Any
    combined: str
    discover: str
    reason: str

    def kind(self, discover: bool) -> str:
        """What orders the list of new products, or that of all."""
        return self.discover if discover else self.combined

    def scores(self, candidates: Candidates, discover: bool) -> Floats:
        """Scores for the list of new products, or for all."""
        if self.kind(discover) == RANKER:
            return ranker_scores(self.booster, candidates)
        return rule_scores(candidates)


def learn(windows: list[Window], config: RecommendConfig) -> Recipe:
    """Choose on the newest window between a ranker of the older ones and the rule, per list; then
    fit the ranker to all windows.

    Args:
        windows: before the cut, newest first.
        config: its options.
    """
    rich = [w for w in windows if w.people.pairs.customer_count >= config.min_customers]
    if len(rich) < 2:
        return Recipe(
            None,
            RULE,
            RULE,
            f"fewer than two windows of {config.window_days} days with "
            f"{config.min_customers} returning customers: frequency and EASE order the lists",
        )
    trial = fit_ranker(rich[1:], config)
    if trial is None:
        return Recipe(None, RULE, RULE, "no candidate was bought in the older windows")
    newest, kinds, words = rich[0], [], []
    for is_new in (False, True):
        gained = [
            _quality(newest, score, is_new)
            for score in (ranker_scores(trial, newest.candidates), rule_scores(newest.candidates))
        ]
        kinds.append(RANKER if gained[0] > gained[1] else RULE)
        words.append(f"{'discover' if is_new else 'combined'} {gained[0]:.3f} to {gained[1]:.3f}")
    booster = fit_ranker(rich, config)
    reason = f"NDCG@10 of ranker to rule on the newest window before the cut: {', '.join(words)}"
    return Recipe(booster, kinds[0], kinds[1], reason)


def best(window: Window, scores: Floats, is_new: bool) -> Ranked:
    """The first ten of each customer by scores of all candidates; `is_new`: among new products."""
    candidates = window.candidates
    some = ~candidates.is_own if is_new else np.ones(len(scores), bool)
    return ranked(candidates.customer[some], candidates.product[some], scores[some], TOP)


def _quality(window: Window, scores: Floats, is_new: bool) -> float:
    """Mean NDCG@10 on a window; 0 where nobody bought anything new."""
    truth = window.new_truth if is_new else window.truth
    pairs = window.people.pairs
    found = ndcg(best(window, scores, is_new), truth, pairs.customer_count, pairs.product_count)
    return float(np.nanmean(found)) if np.isfinite(found).any() else 0.0
