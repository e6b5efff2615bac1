"""Days of shops on which anything happens come to what a whole build makes.

CLIENTELE_RANDOM_SHOPS=5 builds the days of five shops, some three minutes each, and
CLIENTELE_RANDOM_SEED=40 draws those of seeds 40 to 44. It is not run otherwise: it looks for what
nobody has thought of, and what it has found is in test_daily_shop.py or in a unit test.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e import daily_shop
from tests.e2e.home import Home
from tests.e2e.random_shop import RandomShop
from tests.e2e.test_daily_shop import MODELS_ONLY, NEWEST

SHOPS = int(os.environ.get("CLIENTELE_RANDOM_SHOPS", "0"))
FIRST = int(os.environ.get("CLIENTELE_RANDOM_SEED", "1"))
pytestmark = pytest.mark.skipif(
    SHOPS < 1, reason="set CLIENTELE_RANDOM_SHOPS to the number of shops to draw"
)
DAYS = 5


@pytest.mark.parametrize("seed", range(FIRST, FIRST + max(SHOPS, 1)))
def test_random_days_add_up_to_a_whole_build(empty_home: Home, tmp_path: Path, seed: int) -> None:
    """A shop alone, or two that share some of their customers."""
    home = empty_home
    names = ("shop", "acme") if seed % 2 else ("shop",)
    shops = {name: RandomShop(seed, name) for name in names}
    for name, shop in shops.items():
        folder = daily_shop.write(shop.history(), tmp_path / f"{name}-history")
        home.clientele("load", "shop", str(folder), "--name", name)
    home.dbt(*MODELS_ONLY)
    for number in range(DAYS):
        for name, shop in shops.items():
            if tables := shop.day():
                folder = daily_shop.write(tables, tmp_path / f"{name}-{number}")
                home.clientele("load", "shop", str(folder), "--name", name)
        home.dbt(*MODELS_ONLY)
        assert home.rows(NEWEST) == [(False, None, True)]
    by_days = home.digests()
    home.dbt(*MODELS_ONLY, "--full-refresh")
    whole = home.digests()
    assert {name for name in whole if whole[name] != by_days.get(name)} == set()
