from __future__ import annotations

import pytest

from ingest.check_sample import SAMPLE_ROWS, SMALLEST_BATCH, SPREAD, plan_sample


@pytest.mark.parametrize("rows", [SMALLEST_BATCH, 3 * SAMPLE_ROWS, 541_909, 10**8])
def test_sample_of_an_empty_tables_first_batch_comes_from_few_pages(rows):
    plan = plan_sample(rows, 0, rows * 150)
    assert plan.percent is not None
    assert 0 < plan.percent <= 100
    assert rows * plan.percent / 100 / plan.stride == pytest.approx(SAMPLE_ROWS)


def test_big_batch_is_spread_over_more_pages_than_its_sample_needs():
    assert plan_sample(SAMPLE_ROWS * 100, 0, 1 << 30).stride == SPREAD


def test_small_share_of_the_table_is_found_by_its_index():
    batch, rows = 100 << 20, SAMPLE_ROWS * 40
    assert plan_sample(rows, 8 * batch, 9 * batch).percent == pytest.approx(10)
    plan = plan_sample(rows, 10 * batch, 11 * batch)
    assert (plan.percent, plan.stride) == (None, 40)


def test_batch_that_fits_into_freed_space_is_found_by_its_index():
    assert plan_sample(SAMPLE_ROWS * 40, 1 << 30, 1 << 30).percent is None
