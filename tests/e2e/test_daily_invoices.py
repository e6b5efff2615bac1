"""The last days of Online Retail, built one by one, come to what a whole build makes.

CLIENTELE_DAILY_RUNS=30 builds the last thirty days of all 305. It is not run otherwise: it takes
long, and test_daily_shop.py does the same with worse days.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.e2e.home import NO_TESTS, Home
from tests.e2e.real_data import ONLINE_RETAIL, needs_real_data
from tests.e2e.test_daily_shop import MODELS_ONLY, NEWEST

RUNS = int(os.environ.get("CLIENTELE_DAILY_RUNS", "0"))
pytestmark = [
    *needs_real_data,
    pytest.mark.skipif(RUNS < 1, reason="set CLIENTELE_DAILY_RUNS to the number of daily runs"),
]
SINCE = 60
"""Trading days of the shop with fewer than thirty runs."""
LATE = 10


def test_days_of_invoices_add_up_to_a_whole_build(invoice_home: Home, tmp_path: Path) -> None:
    """Ten files come late, and one a second time with its lines in another order."""
    home = invoice_home
    files = sorted((ONLINE_RETAIL.parent / "by_day").glob("*.csv.gz"))
    files = files[-SINCE:] if RUNS < 30 else files
    past, days = files[:-RUNS], files[-RUNS:]
    late = past[5 : 5 + 2 * LATE : 2]
    home.clientele("load", "online_retail", *(str(file) for file in past if file not in late))
    home.dbt(*MODELS_ONLY)
    for number, day in enumerate(days):
        arrived = [day]
        if number == RUNS // 2:
            arrived += [*late, again(past[-3], tmp_path)]
        home.clientele("load", "online_retail", *(str(file) for file in arrived))
        home.dbt(*MODELS_ONLY)
        assert home.rows(NEWEST) == [(False, None, True)]
    assert home.changed_by_whole_build(*NO_TESTS) == set()


def again(file: Path, folder: Path) -> Path:
    """Write a day's file once more, last line first."""
    header, *lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    path = folder / "again.csv"
    path.write_bytes(header + b"".join(reversed(lines)))
    return path
