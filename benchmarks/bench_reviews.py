"""How well sentiment and aspects of reviews do, over several splits, and how long they take.

    python benchmarks/bench_reviews.py [--splits N] [--data DIR]

Womens clothing: titles and texts only; a fifth of each class is held out, drawn anew each time; the
setting is chosen by folds of the rest. Beside VADER. Aspects: the held-out half of the sentences
that were labelled by hand, with intervals that resample sentences. Time is CPU time of one thread
for 20,000 reviews, each task reading and cleaning the texts for itself.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PROJECT_DIR = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT_DIR))

from ml.metrics import roc_auc  # noqa: E402
from ml.reviews import vader  # noqa: E402
from ml.reviews.aspect_model import AspectModel  # noqa: E402
from ml.reviews.aspects import mentions, sentiment_of  # noqa: E402
from ml.reviews.classifier import choose, classes_of, fit  # noqa: E402
from ml.reviews.columns import TEXTS  # noqa: E402
from ml.reviews.lexicon import lexicons  # noqa: E402
from ml.reviews.measures import macro_f1, positive_auc  # noqa: E402
from ml.reviews.sentiment import SentimentModel  # noqa: E402
from ml.reviews.splits import split  # noqa: E402
from ml.reviews.text import joined, plain_texts  # noqa: E402
from ml.reviews.topic_model import ReviewTopicModel  # noqa: E402
from ml.reviews.topics import Candidate  # noqa: E402
from ml.reviews.topics import fit as fit_topics  # noqa: E402

RESAMPLES = 1_000
CLOTHING = "womens_clothing_reviews/womens_clothing_reviews.csv.gz"


def clothing(folder: Path) -> pd.DataFrame:
    """Reviews with text, and whether they recommend the product."""
    raw = pd.read_csv(folder / CLOTHING)
    names = {"Title": "review_title", "Review Text": "review_text", "Rating": "rating"}
    return raw[raw["Review Text"].notna()].rename(columns=names).reset_index(drop=True)


def sentiment(frame: pd.DataFrame, splits: int) -> pd.DataFrame:
    """Metrics of each split, of the model and of VADER."""
    texts, classes = plain_texts(frame, TEXTS), classes_of(frame["rating"])
    recommended = frame["Recommended IND"].to_numpy() == 1
    compound = vader.compound(joined(texts))
    snapshot = pd.Series(pd.Timestamp("2018-01-01"), index=frame.index)
    rows = []
    for seed in range(splits):
        out = split(snapshot, classes, None, seed).held_out
        model = fit(texts[~out], classes[~out], choose(texts[~out], classes[~out]))
        p = model.probabilities(texts[out])
        said = {
            "model": (model.labels(p), p[:, 2] - p[:, 0]),
            "vader": (vader.classes(compound[out]), compound[out]),
        }
        for name, (labels, scores) in said.items():
            measured = {
                "macro_f1": macro_f1(classes[out], labels.astype(float)),
                "auc_recommended": roc_auc(recommended[out], scores),
                "auc_positive": positive_auc(classes[out], scores),
            }
            rows.append({"split": seed, "by": name, **measured})
        print(f"split {seed}: {model.setting}, {rows[-2]}", flush=True)
    return pd.DataFrame(rows)


def sentences(half: str) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and accuracy of polarity with 95% intervals over sentences."""
    known = lexicons(*_seeds())
    found = pd.read_csv(
        PROJECT_DIR / "tests" / "data_files" / "review_sentences.csv", keep_default_na=False
    )
    counts = np.array([_counted(row, known) for row in found[found["half"] == half].itertuples()])
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(counts), (RESAMPLES, len(counts)))
    sums = np.vstack([counts.sum(axis=0), counts[drawn].sum(axis=1)])
    measures = {
        "precision": sums[:, 0] / sums[:, 1],
        "recall": sums[:, 0] / sums[:, 2],
        "polarity": sums[:, 3] / sums[:, 0],
    }
    return {n: (v[0], *np.quantile(v[1:], [0.025, 0.975])) for n, v in measures.items()}


def _counted(row: Any, known: Any) -> tuple[int, int, int, int]:
    labels = [pair.split("=") for pair in row.aspects.split()]
    scores: dict[str, list[float]] = {}
    for mention in mentions(row.sentence, known[row.language]):
        scores.setdefault(mention.aspect, []).append(mention.score)
    wanted = {aspect for aspect, _ in labels}
    hits = wanted & set(scores)
    right = sum([a, sentiment_of(float(np.mean(scores[a])))] in labels for a in hits)
    return len(hits), len(scores), len(wanted), right


def times(frame: pd.DataFrame) -> dict[str, float]:
    """Seconds that each task takes for 20,000 reviews."""
    texts, classes = plain_texts(frame, TEXTS), classes_of(frame["rating"])
    some = frame.head(20_000)
    setting = choose(texts.head(4_000), classes[:4_000])
    topics = fit_topics(joined(texts.head(4_000)), "en", Candidate("nmf", 8))
    assert topics is not None
    models = {
        "sentiment": SentimentModel(TEXTS, "en", {"en": fit(texts, classes, setting)}),
        "aspects": AspectModel(TEXTS, "en", lexicons(*_seeds())),
        "topics": ReviewTopicModel("s", TEXTS, "en", {"en": topics}),
    }
    return {name: _seconds(lambda m=model: m.predict(some)) for name, model in models.items()}


def _seconds(call: Callable[[], Any]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _seeds() -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = PROJECT_DIR / "seeds"
    return (
        pd.read_csv(folder / "review_aspect_terms.csv"),
        pd.read_csv(folder / "review_opinion_terms.csv"),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--data", type=Path, default=PROJECT_DIR.parent / "shared" / "data")
    asked = parser.parse_args()
    for half in ("tuning", "held_out"):
        for name, (value, low, high) in sentences(half).items():
            print(f"aspects, {half}: {name} {value:.3f} ({low:.3f} to {high:.3f})")
    frame = clothing(asked.data)
    for name, seconds in times(frame).items():
        print(f"{name}: 20,000 reviews in {seconds:.1f} s of CPU")
    found = sentiment(frame, asked.splits).drop(columns="split").groupby("by")
    print(found.agg(["mean", "std", "min", "max"]).round(4).T.to_string())


if __name__ == "__main__":
    main()
