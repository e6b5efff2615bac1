"""Big batches are judged by a sample, wherever in the table their rows lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import expectations
from ingest.check_sample import SAMPLE_ROWS, SamplePlan
from tests.load_help import csv_text, line, query
from warehouse.errors import InputRefused

COUNT = "select count(*) from raw.online_retail__lines"
BIG = SAMPLE_ROWS * 3


@pytest.fixture
def samples(monkeypatch) -> list[tuple[SamplePlan, int]]:
    """The plan and the number of rows of each sample that was taken."""
    taken: list[tuple[SamplePlan, int]] = []
    original = expectations.take_sample

    def watched(cursor, table, name, columns, plan):
        rows = original(cursor, table, name, columns, plan)
        taken.append((plan, rows))
        return rows

    monkeypatch.setattr(expectations, "take_sample", watched)
    return taken


def big(path: Path, number: int = 1, **changes: str) -> Path:
    path.write_text(csv_text(*[line(number, **changes)] * BIG))
    return path


def test_first_batch_is_sampled_by_pages_and_a_late_one_by_the_index(load, db, samples, tmp_path):
    several = [big(tmp_path / f"{at}.csv", at) for at in range(3)]
    load(*several, big(tmp_path / "late.csv", 9))
    assert query(db, COUNT) == [(4 * BIG,)]
    assert samples[0][0].percent == pytest.approx(100)
    assert [plan.percent for plan, _ in samples[1:]] == [None] * 3
    assert all(abs(rows - SAMPLE_ROWS) < SAMPLE_ROWS / 10 for _, rows in samples)


def test_small_batch_is_judged_whole(load, samples, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(csv_text(*[line()] * (2 * SAMPLE_ROWS - 1)))
    load(path)
    assert samples == []


def test_each_batch_is_judged_by_its_own_sample(load, db, samples, tmp_path):
    """One connection, the same temporary table again and again, and after a refusal."""
    good, other = big(tmp_path / "a.csv"), big(tmp_path / "b.csv", 2)
    bad = big(tmp_path / "c.csv", Quantity="six")
    with pytest.raises(InputRefused, match=f"100% of {BIG:,} values"):
        load(good, other, bad)
    assert query(db, COUNT) == [(2 * BIG,)]
    assert len(samples) == 3


def test_sample_without_rows_decides_nothing(load, db, monkeypatch, tmp_path):
    """Pages are drawn by chance: here none of them."""
    monkeypatch.setattr(expectations, "plan_sample", lambda *_: SamplePlan(0.0, 1))
    with pytest.raises(InputRefused, match=f"100% of {BIG:,} values"):
        load(big(tmp_path / "bad.csv", Quantity="six"))
    load(big(tmp_path / "good.csv"))
    assert query(db, COUNT) == [(BIG,)]
