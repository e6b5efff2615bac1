"""Reviews of olist in the warehouse of all sources: Portuguese, scored by models of their own."""

from __future__ import annotations

from tests.e2e.home import Home
from tests.e2e.real_data import needs_real_data

REVIEWS = 19_986

pytestmark = needs_real_data


def test_every_review_has_a_sentiment_or_a_reason(all_home: Home) -> None:
    found = dict(
        all_home.rows(
            "select coalesce(reason, method), count(*) from predictions.review_sentiment "
            "where source_name = 'olist' group by 1"
        )
    )
    assert sum(found.values()) == REVIEWS
    assert set(found) == {"tfidf_logistic", "no text", "no words in the text"}
    assert found["tfidf_logistic"] > 8_500


def test_all_are_portuguese(all_home: Home) -> None:
    assert all_home.rows(
        "select distinct language from predictions.review_sentiment "
        "where source_name = 'olist' and language is not null"
    ) == [("pt",)]


def test_sentiment_beats_the_majority(all_home: Home) -> None:
    ((f1, baseline),) = all_home.rows(
        "select ci_lower, baseline_value from predictions.model_evaluations "
        "where task_name = 'review_sentiment' and source_name = 'olist' "
        "and metric_name = 'macro_f1' and is_champion"
    )
    assert f1 > 0.6 > baseline


def test_evidence_stands_in_the_review(all_home: Home) -> None:
    ((count, wrong),) = all_home.rows(
        "select count(*), count(*) filter (where strpos(concat_ws(' ', r.review_title, "
        "r.review_text), a.evidence) = 0 or a.evidence is null) "
        "from predictions.review_aspects as a "
        "join marts.fct_reviews as r using (review_id) where a.aspect is not null"
    )
    assert count > 5_000
    assert wrong == 0


def test_marts_add_up_to_the_predictions(all_home: Home) -> None:
    total = "select sum(review_count) from marts."
    assert all_home.value(f"{total}review_sentiment_monthly where source_name = 'olist'") == REVIEWS
    named = "select count(*) from predictions.review_aspects where aspect is not null"
    assert all_home.value(f"{total}review_aspects_monthly") == all_home.value(named)


def test_topics_of_reviews_have_words(all_home: Home) -> None:
    lost = all_home.value(
        "select count(*) from predictions.review_topics where topic_id is not null "
        "and topic_id not in (select topic_id from predictions.review_topic_words)"
    )
    assert lost == 0
