import itertools

import pandas as pd

from ml.personas import PERSONAS, name_segments


def profiles(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["recency", "frequency", "spend"])


def test_every_profile_has_a_name() -> None:
    assert set(PERSONAS) == set(itertools.product([True, False], repeat=3))
    assert len(set(PERSONAS.values())) == 8


def test_a_name_follows_from_the_profile_alone() -> None:
    best, lost = (-1.0, 1.0, 2.0), (1.0, -1.0, -1.0)
    assert name_segments(profiles(best, lost)) == ["VIP", "Lost casuals"]
    assert name_segments(profiles(lost, best)) == ["Lost casuals", "VIP"]


def test_segments_of_one_kind_are_told_apart_by_spend() -> None:
    names = name_segments(profiles((-1, 1, 0.5), (-1, 2, 3.0)))
    assert names == ["VIP, lower spend", "VIP, higher spend"]
    three = name_segments(profiles((-1, 1, 1.0), (-1, 1, 3.0), (-1, 1, 2.0)))
    assert three == ["VIP, spend rank 3", "VIP, spend rank 1", "VIP, spend rank 2"]
