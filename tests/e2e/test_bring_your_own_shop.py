"""docs/bring_your_own_shop.md, followed to the letter: its scripts, on the data that they name."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from tests.e2e.home import Home
from tests.e2e.real_data import CDNOW, OLIST, needs_real_data
from tests.embedded_help import PROJECT_DIR

pytestmark = needs_real_data
DOCUMENT = PROJECT_DIR / "docs" / "bring_your_own_shop.md"
# All that stands between the files and the orders, tested as far as it was built.
ORDERS = ("build", "--", "-s", "+fct_orders", "--exclude-resource-type", "unit_test")
CAUTIOUS = ("--indirect-selection", "cautious")


def export(script: str, source: Path, folder: Path) -> Path:
    """Run a script of the document; return the folder that it wrote."""
    folder.mkdir()
    subprocess.run([sys.executable, "-c", script, str(source), str(folder)], check=True)
    return folder


def test_both_examples_become_shops(empty_home: Home, tmp_path: Path) -> None:
    scripts = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(scripts) == 2
    cdnow = export(scripts[0], CDNOW, tmp_path / "cdnow")
    olist = export(scripts[1], OLIST, tmp_path / "olist")

    said = empty_home.clientele("check", str(cdnow)).stdout
    assert "6,919 orders from 1997-01-01 to 1998-06-30 by 2,357 customers." in said
    assert "The files would load, every row of them." in said

    empty_home.clientele("load", "shop", str(cdnow), "--name", "discs")
    empty_home.clientele("load", "shop", str(olist), "--name", "brazil")
    empty_home.clientele(*ORDERS, *CAUTIOUS)
    assert (
        empty_home.value(
            "select count(*) from staging.base_shop__orders where reject_reason is not null"
        )
        == 0
    )
    totals = empty_home.rows(
        "select source_name, count(*), count(distinct customer_id), sum(net_revenue_amount) "
        "from marts.fct_orders group by 1 order by 1"
    )
    # 163 people of Olist ordered more than once; their accounts say so.
    assert totals[1] == ("discs", 6_919, 2_357, Decimal("244091.9400"))
    assert totals[0][1] == 19_757
    assert totals[0][3] == Decimal("2754244.6600")
