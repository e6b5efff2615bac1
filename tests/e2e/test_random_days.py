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
from tests.e2e.home import NO_TESTS, NO_UNIT_TESTS, Home
from tests.e2e.random_shop import RandomShop
from tests.e2e.test_daily_shop import NEWEST

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
    home.dbt("build", *NO_TESTS)
    for number in range(DAYS):
        for name, shop in shops.items():
            if tables := shop.day():
                folder = daily_shop.write(tables, tmp_path / f"{name}-{number}")
                home.clientele("load", "shop", str(folder), "--name", name)
        # Data tests too, of the last day and of everything.
        home.dbt("build", *(NO_TESTS if number < DAYS - 1 else NO_UNIT_TESTS))
        assert home.rows(NEWEST) == [(False, None, True)]
    assert home.changed_by_whole_build(*NO_UNIT_TESTS) == set()
