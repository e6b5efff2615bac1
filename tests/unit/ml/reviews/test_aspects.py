"""Aspects by clause: who is judged by what, and how it does on sentences labelled by hand."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from ml.reviews.aspect_task import ReviewAspects
from ml.reviews.aspects import mentions, sentiment_of
from ml.reviews.lexicon import Lexicon, lexicons
from tests.embedded_help import PROJECT_DIR
from tests.unit.ml.reviews.help import artefact, data, reviews, seeds

SENTENCES = PROJECT_DIR / "tests" / "data_files" / "review_sentences.csv"


@cache
def known() -> dict[str, Lexicon]:
    return lexicons(*seeds())


def judged(text: str, language: str = "en") -> dict[str, str]:
    scores: dict[str, list[float]] = {}
    for mention in mentions(text, known()[language]):
        scores.setdefault(mention.aspect, []).append(mention.score)
    return {aspect: sentiment_of(sum(each) / len(each)) for aspect, each in scores.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good quality.", {"quality": "positive"}),
        ("The quality is not good.", {"quality": "negative"}),
        ("No complaints about the delivery.", {"shipping": "positive"}),
        ("It is neither comfortable nor flattering.", {"comfort": "negative", "fit": "negative"}),
        (
            "Lovely colour, but the fabric is awful.",
            {"appearance": "positive", "quality": "negative"},
        ),
        (
            "Although the price is great, shipping was slow.",
            {"price": "positive", "shipping": "negative"},
        ),
        (
            "The fit is great and the fabric is terrible.",
            {"fit": "positive", "quality": "negative"},
        ),
        ("It fits.", {"fit": "positive"}),
        ("It does not fit.", {"fit": "negative"}),
        ("It arrived.", {}),
        ("I bought it on Monday.", {}),
        ("Shipping costs are outrageous.", {"shipping": "negative"}),
        ("", {}),
        ("😀", {}),
    ],
)
def test_english_clauses(text, expected):
    assert judged(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ótima qualidade, porém caro.", {"quality": "positive", "price": "negative"}),
        ("Ainda não recebi.", {"shipping": "negative"}),
        ("Não é nada confortável", {"comfort": "positive"}),
        ("Não é confortável", {"comfort": "negative"}),
    ],
)
def test_portuguese_clauses(text, expected):
    if text.startswith("Não é nada"):
        pytest.xfail("two negations that mean one: told in docs/reviews.md")
    assert judged(text, "pt") == expected


@pytest.mark.parametrize(
    ("half", "precision", "recall", "polarity"),
    [("tuning", 0.95, 0.95, 0.9), ("held_out", 0.93, 0.9, 0.85)],
)
def test_sentences_labelled_by_hand(half, precision, recall, polarity):
    """The held-out half was measured once, after the lexicon was done; bounds are below that."""
    sentences = pd.read_csv(SENTENCES, keep_default_na=False)
    assert sentences["half"].value_counts().to_dict() == {"tuning": 100, "held_out": 100}
    hits = said = there = right = 0
    for row in sentences[sentences["half"] == half].itertuples():
        labels = [pair.split("=") for pair in row.aspects.split()]
        found = judged(row.sentence, row.language)
        wanted = {aspect for aspect, _ in labels}
        hits += len(wanted & set(found))
        said, there = said + len(found), there + len(wanted)
        right += sum([aspect, found.get(aspect)] in labels for aspect in wanted)
    assert hits / said >= precision
    assert hits / there >= recall
    assert right / hits >= polarity


def test_evidence_is_the_sentence_as_it_stands_in_the_review():
    raw = "<b>Nice</b> &amp; warm. The box was torn open! It was late."
    frame = reviews([raw, "Nothing to say here at all today", None])
    frame.loc[0, "review_title"] = "Great price"
    task = ReviewAspects()
    scores = task.predict(artefact(task.train(data(frame))), frame)
    found = scores[scores["review_id"] == "s:0"].set_index("aspect")
    box, price = found.loc["packaging"], found.loc["price"]
    first = box["evidence_start"] - 1
    assert raw[first : first + box["evidence_length"]] == "The box was torn open"
    assert (price["evidence_column"], price["evidence_start"], price["evidence_length"]) == (
        *("review_title", 1, 11),
    )
    silent = scores[scores["aspect_number"] == 0].set_index("review_id")
    assert silent["reason"].to_dict() == {"s:1": "no aspect named", "s:2": "no text"}


def test_a_language_without_terms_says_so():
    frame = reviews(["Die Lieferung war sehr schnell und der Stoff ist wunderbar weich"])
    task = ReviewAspects()
    scores = task.predict(artefact(task.train(data(frame))), frame)
    assert scores["reason"].tolist() == ["no aspect terms for language de"]


@pytest.mark.parametrize(
    ("text", "said", "score"),
    [
        ("The quality is good. The quality is terrible.", "The quality is terrible", -0.25),
        (
            "Terrible quality. The quality is perfect. Great quality.",
            "The quality is perfect",
            0.25,
        ),
    ],
)
def test_evidence_says_most_in_the_direction_of_the_whole(text, said, score):
    frame = reviews([text])
    task = ReviewAspects()
    scores = task.predict(artefact(task.train(data(frame))), frame)
    assert scores["aspect"].tolist() == ["quality"]
    assert scores["polarity_score"].iloc[0] == pytest.approx(score)
    first = scores["evidence_start"].iloc[0] - 1
    assert text[first : first + scores["evidence_length"].iloc[0]] == said
