"""Where the real data sets lie, and one warehouse that holds all of them at once.

That every source keeps its own known totals there is what living side by side means.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.e2e.home import Home
from tests.embedded_help import PROJECT_DIR

DATA = Path(os.environ.get("CLIENTELE_SHARED_DATA", PROJECT_DIR.parent / "shared" / "data"))
ONLINE_RETAIL = DATA / "online_retail" / "online_retail.csv.gz"
RETAIL_ORDERS = DATA / "retail_orders" / "orders.csv"
OLIST = DATA / "olist_sample"
TELCO = DATA / "telco" / "Telco-Customer-Churn.csv.gz"
CDNOW = DATA / "cdnow" / "CDNOW_sample.txt"
TELCO_HALF = 3_500
"""Rows of telco that are loaded before all of it is."""

MISSING = [
    str(path) for path in (ONLINE_RETAIL, RETAIL_ORDERS, OLIST, TELCO, CDNOW) if not path.exists()
]
needs_real_data = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(MISSING),
        reason=f"real data sets are not at {', '.join(MISSING)}: set CLIENTELE_SHARED_DATA",
    ),
]


def load_all(home: Home, folder: Path) -> None:
    """Load and build every data set into one warehouse, halves of two of them beforehand.

    The churn model of online_retail is measured as of 2011-09-10.
    """
    telco, cdnow = folder / "half.csv", folder / "half.txt"
    content = gzip.decompress(TELCO.read_bytes()).splitlines(keepends=True)
    telco.write_bytes(b"".join(content[: TELCO_HALF + 1]))
    # Every second line, so that the halves cut days and equal lines in two.
    cdnow.write_bytes(b"".join(CDNOW.read_bytes().splitlines(keepends=True)[::2]))
    home.clientele("load", "telco", str(telco), str(TELCO))
    home.clientele("load", "cdnow", str(cdnow), str(CDNOW.parent))
    home.clientele("load", "retail_orders", str(RETAIL_ORDERS))
    home.clientele("load", "olist", str(OLIST))
    home.clientele("run", "online_retail", str(ONLINE_RETAIL), "--evaluate-at", "2011-09-10")
    # What dbt parsed with the evaluation date among its vars is of no use to what follows.
    home.lend_parse()
