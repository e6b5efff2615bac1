"""Recommendations on real invoices, by the protocol of the references and with their targets."""

from __future__ import annotations

from datetime import date

import pytest
from threadpoolctl import threadpool_limits

from benchmarks.recommendation_quality import measure, read_lines
from ml.recommend.config import RecommendConfig
from tests.e2e.real_data import ONLINE_RETAIL, needs_real_data

pytestmark = needs_real_data


def test_lists_of_the_next_28_days_are_as_good_as_promised(record_property) -> None:
    with threadpool_limits(1):
        found = measure(read_lines(ONLINE_RETAIL), date(2011, 11, 11), RecommendConfig())
    rows = {(row.metric_name, row.baseline_name): row for row in found}
    combined = rows["ndcg_at_10", "own frequency"]
    discover = rows["discover_ndcg_at_10", "EASE"]
    coverage = rows["discover_coverage_at_10", "EASE"].metric_value
    said = f"NDCG@10 {combined.metric_value:.4f}, discover {discover.metric_value:.4f}"
    record_property("measured", f"online_retail: {said}, coverage {coverage:.3f}")
    # What is known of the baselines at this split: evidence that the split is the same.
    assert combined.baseline_value == pytest.approx(0.347, abs=0.002)
    assert discover.baseline_value == pytest.approx(0.095, abs=0.002)
    assert combined.metric_value >= 0.385
    assert combined.gain_lower is not None
    assert combined.gain_lower > 0
    assert discover.metric_value >= 0.135
    assert coverage >= 0.20
    assert combined.metric_value < 0.45, "too good for this data: look for a leak"
