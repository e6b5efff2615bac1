"""`clientele check` on the real Postgres: it says what a load would do, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.home import Home, new_home, stop

ORDERS = "order_id,customer_id,ordered_at,currency\n"
ITEMS = "order_id,line_number,product_id,quantity,unit_price\n"


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    # What is checked here are shops.
    with new_home("shop") as found:
        yield found
        stop(found)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def databases(home: Home) -> list[str]:
    return [name for (name,) in home.rows("select datname from pg_database order by 1")]


def test_a_sound_export_is_described(home: Home, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "sound",
        orders=ORDERS + "1,a,2024-01-01,EUR\n2,,2024-02-01,EUR\n3,b,2024-03-01,EUR\n",
        order_items=ITEMS + "1,1,p,1,2.50\n2,1,p,1,2.50\n",
    )
    said = home.clientele("check", str(folder)).stdout
    assert "orders.csv → orders: 3 rows" in said
    assert "no column status. Every order counts as completed." in said
    assert "no file for customers. Customers are taken from the orders" in said
    assert "3 orders from 2024-01-01 to 2024-03-01 by 2 customers" in said
    assert "1 orders name no customer" in said
    assert "1 orders have no line" in said
    assert "every row of them" in said
    assert "clientele_check" not in databases(home)
    tables = "select count(*) from information_schema.tables where table_schema = 'raw'"
    assert home.value(tables) == 0


def test_everything_that_is_wrong_is_said_at_once(home: Home, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "wrong",
        orders=ORDERS + "1,a,2024-01-01,EUR\n2,b,31/02/2024,EUR\n",
        products="code,name\n1,Mug\n",
        reviews="review_id,rating,reviewed_at\nr1,6,2024-01-01\n",
        surprise="a,b\n1,2\n",
    )
    (folder / "readme.md").write_text("not data")
    done = home.clientele("check", str(folder), code=4)
    assert "✗ surprise.csv: its name fits no table" in done.stdout
    assert "✗ products.csv: required columns" in done.stdout
    assert "1 × order time is not an ISO timestamp (first in row 2)" in done.stdout
    assert "1 × rating is not between 1 and 5 (first in row 1)" in done.stdout
    assert "no file for order_items (order_items*): every shop needs one" in done.stdout
    assert done.stderr.strip() == "clientele: 3 problems, named above; nothing was loaded"
    assert "clientele_check" not in databases(home)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["nowhere"], 4, "there is no such file"),
        (["{empty}"], 4, "holds no file that is read"),
        (["--source", "nosuch", "{empty}"], 2, "no source 'nosuch'"),
    ],
)
def test_nothing_to_check_is_an_error(
    home: Home, tmp_path: Path, given: list[str], code: int, said: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir(exist_ok=True)
    arguments = [item.format(empty=empty) for item in given]
    done = home.clientele("check", *arguments, code=code)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
