"""Which topics: candidates are fitted to some reviews, chosen on others, measured on yet others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ml.estimators import SEED
from ml.metrics import Floats
from ml.reviews.coherence import coherence
from ml.reviews.language import LIKELY
from ml.reviews.topics import (
    ALGORITHMS,
    TOP_WORDS,
    Algorithm,
    Candidate,
    TopicModel,
    fit,
    held_out_coherence,
)

FITTED, CHOSEN = 0.6, 0.8
"""Ends of the parts of the reviews: fitted to, chosen on, measured on."""
METRIC = "npmi_coherence"
GROUPS = 20
"""Of reviews, each left out in turn; in a bootstrap rare pairs of words would be lost."""
NORMAL = 1.96
FREQUENT = "frequent words dealt out at random"
PROTOCOL = (
    "NPMI of the ten top words of each topic over whole reviews, language {language}: candidates "
    "fitted to {fitted} reviews, chosen on {chosen} others, measured on {measured} yet others, all "
    "drawn with seed {seed}; intervals by a jackknife over {groups} groups of reviews; topics: "
    "{algorithm}"
)


class TopicConfig(BaseModel):
    """Rules of the task that a data scientist may want to change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: tuple[str, ...] = LIKELY
    algorithms: tuple[Algorithm, ...] = ALGORITHMS
    topic_counts: tuple[int, ...] = (5, 8, 12)
    min_texts: int = Field(default=300, ge=50)
    """Reviews with text that a language needs for topics."""
    max_rows: int = Field(default=40_000, ge=1_000)
    """The newest reviews that training reads."""
    max_choice_texts: int = Field(default=6_000, ge=200)
    """Reviews of a language among which topics are chosen and measured; of more, a sample."""
    max_texts: int = Field(default=12_000, ge=200)
    """Reviews of a language that the kept topics are fitted to; of more, a sample."""
    min_weight: float = Field(default=0.2, ge=0, le=1)
    """Share of a review from which a second or third topic is told."""


@dataclass(frozen=True)
class Measured:
    """Coherence of one candidate and of frequent words, and the half widths of the intervals of
    the first and of the difference."""

    candidate: Candidate
    is_chosen: bool
    value: float
    baseline: float
    half_width: float
    gain_half_width: float
    protocol: str
    count: int


def choose(texts: list[str], language: str, config: TopicConfig) -> list[Measured]:
    """Fit, choose and measure every candidate; nothing where no candidate can be fitted."""
    drawn = drawn_rows(len(texts), config.max_choice_texts)
    first, second = int(len(drawn) * FITTED), int(len(drawn) * CHOSEN)
    fitted, chosen, measured = (
        [texts[row] for row in rows]
        for rows in (drawn[:first], drawn[first:second], drawn[second:])
    )
    models = [
        model
        for algorithm in config.algorithms
        for count in config.topic_counts
        if (model := fit(fitted, language, Candidate(algorithm, count)))
    ]
    if not models:
        return []
    scores = [float(held_out_coherence(model, chosen).mean()) for model in models]
    best = max(range(len(models)), key=lambda n: (scores[n], -n))
    protocol = PROTOCOL.format(
        language=language,
        fitted=len(fitted),
        chosen=len(chosen),
        measured=len(measured),
        seed=SEED,
        groups=GROUPS,
        algorithm="{algorithm}",
    )
    return [_measured(model, n == best, measured, protocol) for n, model in enumerate(models)]


def drawn_rows(count: int, most: int) -> NDArray[np.int64]:
    """Rows in an order that is drawn, at most so many."""
    return np.random.default_rng(SEED).permutation(count)[:most]


def _measured(model: TopicModel, is_chosen: bool, texts: list[str], protocol: str) -> Measured:
    group = np.arange(len(texts)) % GROUPS
    kept = (group[:, None] != np.arange(GROUPS)).astype(np.float64)
    weights = np.column_stack([np.ones(len(texts)), kept])
    own = held_out_coherence(model, texts, weights).mean(axis=0)
    baseline = coherence(model.counts(texts), _dealt(model, texts), weights).mean(axis=0)
    said = protocol.format(algorithm=model.candidate.name)
    widths = half_width(own[1:]), half_width((own - baseline)[1:])
    values = float(own[0]), float(baseline[0])
    return Measured(model.candidate, is_chosen, *values, *widths, said, len(texts))


def half_width(left_out: Floats) -> float:
    """Half of the 95% interval of a value, from the values with each group left out."""
    spread = ((left_out - left_out.mean()) ** 2).sum()
    return NORMAL * float(np.sqrt((left_out.size - 1) / left_out.size * spread))


def _dealt(model: TopicModel, texts: list[str]) -> list[list[int]]:
    """As many topics of as many words, made of the most frequent ones at random."""
    count = model.candidate.topic_count
    frequency = np.asarray((model.counts(texts) > 0).sum(axis=0)).ravel()
    frequent = np.argsort(-frequency, kind="stable")[: count * TOP_WORDS]
    dealt = np.random.default_rng(SEED).permutation(frequent)
    size = len(dealt) // count
    return [[int(word) for word in dealt[n * size : (n + 1) * size]] for n in range(count)]
