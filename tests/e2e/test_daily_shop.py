"""Days with trouble, built one by one: the warehouse is the one that a whole build makes."""

from __future__ import annotations

from pathlib import Path

from tests.e2e import daily_shop
from tests.e2e.home import NO_TESTS, Home

MODELS_ONLY = ("build", *NO_TESTS)
NEWEST = (
    "select is_full, reason, finished_at is not null from raw.builds "
    "order by build_number desc limit 1"
)


def test_days_with_trouble_add_up_to_a_whole_build(empty_home: Home, tmp_path: Path) -> None:
    shop = daily_shop.make(tmp_path / "sample")
    home = empty_home
    home.clientele("load", "shop", str(daily_shop.write(shop.history, tmp_path / "history")))
    home.dbt(*MODELS_ONLY)
    assert home.rows(NEWEST) == [(True, "it is the first time", True)]
    for number, day in enumerate(shop.days):
        home.clientele("load", "shop", str(daily_shop.write(day, tmp_path / f"day-{number}")))
        home.dbt(*MODELS_ONLY)
        assert home.rows(NEWEST) == [(False, None, True)]
    by_days = home.digests()
    home.dbt(*MODELS_ONLY, "--full-refresh")
    assert home.rows(NEWEST) == [(True, "it was asked for", True)]
    whole = home.digests()
    assert {name for name in whole if whole[name] != by_days.get(name)} == set()
