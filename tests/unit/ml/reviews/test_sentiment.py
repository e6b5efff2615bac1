"""Sentiment: a model where ratings suffice, VADER or a reason where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from ml.feature_contract import Feature, FeatureContract
from ml.reviews.classifier import classes_of, decided
from ml.reviews.measures import macro_f1, positive_auc
from ml.reviews.sentiment_fit import SentimentConfig
from ml.reviews.sentiment_task import ReviewSentiment
from ml.reviews.splits import split
from tests.unit.ml.reviews.help import CONTRACT, artefact, data, rated, reviews
from warehouse.errors import ClienteleError

SMALL = SentimentConfig(min_rated=60, min_class=10, resamples=100)


def test_classes_are_those_of_the_ratings():
    assert classes_of(pd.Series([1.0, 2, 3, 4, 5])).tolist() == [0, 0, 1, 2, 2]


def test_a_rare_class_is_favoured_by_its_share():
    probabilities = np.array([[0.3, 0.1, 0.6]])
    shares = np.array([0.1, 0.1, 0.8])
    assert decided(probabilities, shares, 0.0).tolist() == [2]
    assert decided(probabilities, shares, 1.0).tolist() == [0]


def test_macro_f1_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    outcome, predicted = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    expected = f1_score(outcome, predicted, average="macro")
    assert macro_f1(outcome, predicted.astype(float)) == pytest.approx(expected)
    drawn = rng.integers(0, 3, 200)
    rows = np.repeat(np.arange(200), drawn)
    weighted = macro_f1.of_samples(outcome, predicted.astype(float), drawn[:, None].astype(float))
    assert weighted[0] == pytest.approx(f1_score(outcome[rows], predicted[rows], average="macro"))


def test_auc_is_of_positive_reviews_versus_all_others():
    outcome = np.array([0, 1, 2, 2])
    assert positive_auc(outcome, np.array([0.1, 0.8, 0.7, 0.9])) == 0.75


def test_the_newest_fifth_is_held_out():
    frame = rated(100, days=50)
    found = split(frame["reviewed_at"], classes_of(frame["rating"]), None)
    assert found.cut is not None
    assert found.held_out.sum() == 20
    assert (frame["reviewed_at"][found.held_out] >= pd.Timestamp(found.cut)).all()
    assert frame["reviewed_at"][~found.held_out].max() < pd.Timestamp(found.cut)


def test_a_snapshot_has_a_fifth_of_each_class_held_out():
    frame = rated(150)
    classes = classes_of(frame["rating"])
    found = split(frame["reviewed_at"], classes, None)
    assert found.cut is None
    assert np.bincount(classes[found.held_out]).tolist() == [10, 10, 10]
    assert "snapshot" in found.words


def test_a_day_that_was_asked_for_is_the_cut():
    frame = rated(100, days=50)
    day = pd.Timestamp("2024-01-21").date()
    assert split(frame["reviewed_at"], classes_of(frame["rating"]), day).cut == day


def test_ratings_are_learned_from_words():
    task = ReviewSentiment(SMALL)
    frame = rated(180, days=60)
    trained = task.train(data(frame))
    scores = task.predict(artefact(trained), frame.drop(columns=["rating"]))
    assert (
        scores["sentiment"] == frame["rating"].map({1: "negative", 3: "neutral", 5: "positive"})
    ).all()
    total = scores[["negative_probability", "neutral_probability", "positive_probability"]].sum(
        axis=1
    )
    assert np.allclose(total, 1)
    assert set(scores["method"]) == {"tfidf_logistic"}
    beside = {(row.metric_name, row.baseline_name) for row in trained.evaluations}
    assert beside == {
        (metric, baseline)
        for metric in ("macro_f1", "roc_auc")
        for baseline in ("majority class", "vader")
    }
    assert all("never a feature" in row.protocol for row in trained.evaluations)


def test_the_same_reviews_give_the_same_scores():
    frame = rated(120, days=60)
    task = ReviewSentiment(SMALL)
    first, second = (task.predict(artefact(task.train(data(frame))), frame) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_a_row_depends_on_itself_only():
    frame = rated(120, days=60)
    task = ReviewSentiment(SMALL)
    made = artefact(task.train(data(frame)))
    whole = task.predict(made, frame)
    alone = task.predict(made, frame.iloc[[7]])
    assert alone["sentiment_score"].iloc[0] == pytest.approx(
        whole["sentiment_score"].iloc[7], abs=1e-12
    )


def test_a_rating_is_no_feature():
    features = (*CONTRACT.features, Feature(name="rating", kind="numeric"))
    contract = FeatureContract(relation="r", keys=CONTRACT.keys, features=features)
    wrong = replace(data(rated(60)), contract=contract)
    with pytest.raises(ClienteleError, match="label of sentiment"):
        ReviewSentiment(SMALL).train(wrong)


def test_few_english_ratings_leave_vader():
    frame = rated(55)
    trained = ReviewSentiment(SMALL).train(data(frame))
    assert trained.model_name == "vader"
    scores = ReviewSentiment(SMALL).predict(artefact(trained), frame)
    assert set(scores["method"]) == {"vader"}
    assert scores["positive_probability"].isna().all()
    assert scores["sentiment"].notna().all()
    assert {row.baseline_name for row in trained.evaluations} == {"majority class"}


def test_few_ratings_of_another_language_leave_a_reason():
    frame = reviews(["O produto chegou antes do prazo e gostei muito dele"] * 5, [5.0])
    trained = ReviewSentiment(SMALL).train(data(frame))
    scores = ReviewSentiment(SMALL).predict(artefact(trained), frame)
    assert scores["sentiment"].isna().all()
    assert scores["reason"].unique().tolist() == [
        "language pt: 5 rated reviews with text, a model needs 60"
    ]


@pytest.mark.parametrize("rating", [5.0, np.nan])
def test_ratings_of_one_class_are_no_model(rating):
    frame = rated(90).assign(rating=rating)
    trained = ReviewSentiment(SMALL).train(data(frame))
    assert trained.model_name == "vader"


def test_what_has_no_words_is_null_with_the_reason():
    odd = [None, float("nan"), "", "   ", "😀😀😀", "10", "!!!", "<br/>"]
    frame = reviews(odd)
    trained = ReviewSentiment(SMALL).train(data(frame))
    scores = ReviewSentiment(SMALL).predict(artefact(trained), frame)
    assert scores["sentiment"].isna().all()
    assert scores["reason"].tolist() == ["no text"] * 4 + ["no words in the text"] * 4
    assert len(ReviewSentiment(SMALL).predict(artefact(trained), frame.iloc[:0])) == 0
