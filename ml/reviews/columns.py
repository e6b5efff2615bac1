"""Names of the columns of reviews and of what is said of them, written once."""

from __future__ import annotations

REVIEW_ID = "review_id"
RATING = "rating"
TITLE = "review_title"
TEXT = "review_text"
REVIEWED_AT = "reviewed_at"
TEXTS = (TITLE, TEXT)

LANGUAGE = "language"
LANGUAGE_METHOD = "language_method"
IS_CLEANED = "is_cleaned"
METHOD = "method"
REASON = "reason"

CLASSES = ("negative", "neutral", "positive")
"""Ratings 1 and 2, 3, 4 and 5."""
PROBABILITIES = tuple(f"{name}_probability" for name in CLASSES)
SENTIMENT = "sentiment"
SENTIMENT_SCORE = "sentiment_score"

NO_TEXT = "no text"
NO_WORDS = "no words in the text"
