"""What customers write: language, sentiment, aspects and topics of reviews, see docs/reviews.md."""
