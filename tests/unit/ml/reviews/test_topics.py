"""Topics: coherence by hand, topics that were planted, and texts that have none."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from ml.reviews.coherence import coherence
from ml.reviews.topic_choice import TopicConfig, half_width
from ml.reviews.topic_task import ReviewTopics
from tests.unit.ml.reviews.help import artefact, data, reviews

SMALL = TopicConfig(algorithms=("nmf",), topic_counts=(5,), min_texts=100)
THEMES = [
    ["delivery", "parcel", "courier", "arrived"],
    ["fabric", "cotton", "seams", "stitching"],
    ["colour", "pattern", "design", "shade"],
    ["price", "value", "bargain", "discount"],
    ["waist", "hips", "sleeves", "length"],
]


def planted(count: int = 360) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    texts: list[object] = [
        "The review speaks about " + " ".join(rng.permutation(THEMES[n % 5 if n % 9 else 0])) + "."
        for n in range(count)
    ]
    return reviews(texts)


def test_npmi_of_four_documents():
    counts = sparse.csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]]))
    expected = math.log(0.5 / (0.75 * 0.5)) / -math.log(0.5)
    assert coherence(counts, [[0, 1]])[0, 0] == pytest.approx(expected)
    assert coherence(counts, [[1, 2]])[0, 0] == -1
    twice = coherence(counts, [[0, 1]], np.array([[2.0], [2.0], [2.0], [2.0]]))
    assert twice[0, 0] == pytest.approx(expected)


def test_a_jackknife_of_equal_values_has_no_width():
    assert half_width(np.full(20, 0.25)) == 0
    assert half_width(np.array([0.0, 1.0])) == pytest.approx(1.96 * 0.5)


def test_planted_topics_are_found_and_numbered_by_share():
    task = ReviewTopics(SMALL)
    trained = task.train(data(planted()))
    topics, words = trained.tables["ml.review_topics"], trained.tables["ml.review_topic_words"]
    assert topics["topic_id"].tolist() == [f"s:en-{n}" for n in range(1, 6)]
    assert topics["review_share"].is_monotonic_decreasing
    heaviest = words[words["word_rank"] <= 4].groupby("topic_id")["word"].apply(set)
    assert {frozenset(each) for each in heaviest} == {frozenset(each) for each in THEMES}
    champion = [row for row in trained.evaluations if row.is_champion]
    assert [row.metric_name for row in champion] == ["npmi_coherence"]
    assert -1 <= champion[0].ci_lower <= champion[0].metric_value <= champion[0].ci_upper <= 1


def test_topics_are_the_same_twice():
    task = ReviewTopics(SMALL)
    first, second = (task.train(data(planted())) for _ in range(2))
    for name, rows in first.tables.items():
        pd.testing.assert_frame_equal(rows, second.tables[name])


def test_reviews_have_topics_or_a_reason():
    task = ReviewTopics(SMALL)
    trained = task.train(data(planted()))
    words, made = trained.tables["ml.review_topic_words"], artefact(trained)
    odd = reviews(
        ["The courier left the parcel somewhere near here", "Nothing else came to mind then", "😀"]
    )
    scores = task.predict(made, odd)
    first, second, third = (scores[scores["review_id"] == f"s:{n}"] for n in range(3))
    courier = words.loc[words["word"] == "courier"].nlargest(1, "word_weight")["topic_id"]
    assert first["topic_id"].iloc[0] == courier.iloc[0]
    assert first["topic_weight"].iloc[0] > 0.9
    assert second["reason"].tolist() == ["none of the words of the topics"]
    assert third["reason"].tolist() == ["no words in the text"]


@pytest.mark.parametrize(
    "texts", [["A single review is all that there is"], [None], ["same words"] * 300]
)
def test_too_little_for_topics_is_a_reason(texts):
    task = ReviewTopics(SMALL)
    frame = reviews(texts)
    trained = task.train(data(frame))
    assert trained.tables == {}
    scores = task.predict(artefact(trained), frame)
    assert scores["topic_id"].isna().all()
    assert scores["reason"].notna().all()
