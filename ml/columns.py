"""Names of the columns that every feature and score table shares, written once."""

from __future__ import annotations

AS_OF_DATE = "as_of_date"
CUSTOMER_ID = "customer_id"
SOURCE_NAME = "source_name"
KEYS = (AS_OF_DATE, CUSTOMER_ID, SOURCE_NAME)

MODEL_NAME = "model_name"
MODEL_VERSION = "model_version"
RUN_ID = "run_id"
SCORED_AT = "scored_at"

CHURN_PROBABILITY = "churn_probability"
HORIZON_DAYS = "horizon_days"
IS_CHURNED = "is_churned"
LABEL_END_DATE = "label_end_date"

SEGMENT_ID = "segment_id"
SEGMENT_NUMBER = "segment_number"
NEAREST_SEGMENT_ID = "nearest_segment_id"
PREVIOUS_SEGMENT_ID = "previous_segment_id"
MOVE_REASON = "move_reason"
ANCHOR_DATE = "anchor_as_of_date"
ANCHOR = "anchor_"
"""Prefix of the measures that a customer's segment rests on."""
PERSONA_NAME = "persona_name"
DISTANCE_TO_CENTRE = "distance_to_centre"
