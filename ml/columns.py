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
REASONS = ("reason_1", "reason_2", "reason_3")
HORIZON_DAYS = "horizon_days"
IS_CHURNED = "is_churned"
LABEL_END_DATE = "label_end_date"

SUBSCRIPTION_ID = "subscription_id"
CONTRACT_NAME = "contract_name"
TENURE_MONTHS = "tenure_months"

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

HORIZON_MONTHS = "horizon_months"
EXPECTED_ORDER_COUNT = "expected_order_count"
EXPECTED_NET_REVENUE = "expected_net_revenue_amount"
EXPECTED_NET_REVENUE_LOWER = "expected_net_revenue_lower_amount"
EXPECTED_NET_REVENUE_UPPER = "expected_net_revenue_upper_amount"
ALIVE_PROBABILITY = "alive_probability"
EXPECTED_NEXT_ORDER_DATE = "expected_next_order_date"
