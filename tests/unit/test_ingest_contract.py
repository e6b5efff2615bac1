from __future__ import annotations

from pathlib import Path

import pytest

from ingest.contract import known_sources, load_contract
from ingest.matching import assign, table_of
from warehouse.errors import InputRefused, UsageError

PROJECT_DIR = Path(__file__).resolve().parents[2]

YAML = """
version: 2
sources:
  - name: shop
    config: {meta: {managed: raw}}
    tables:
      - name: orders
        identifier: shop__orders
        config: {meta: {files: "order*"}}
        columns:
          - name: order_id
            data_type: text
            config: {meta: {header: Order ID, type: text, required: true}}
          - name: amount
            config: {meta: {header: Amount, type: numeric, min_valid_share: 0.9}}
      - name: items
        identifier: shop__items
        config: {meta: {files: "order_item*"}}
        columns:
          - {name: item_id, config: {meta: {header: Item, type: text}}}
      - name: people
        config: {meta: {files: "people.csv"}}
        columns:
          - {name: person_id, config: {meta: {header: Person, type: text}}}
  - name: scores
    config: {meta: {managed: table}}
    tables: []
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "models" / "staging" / "shop"
    folder.mkdir(parents=True)
    (folder / "_shop__sources.yml").write_text(YAML)
    return tmp_path


def change(project: Path, old: str, new: str) -> None:
    path = project / "models" / "staging" / "shop" / "_shop__sources.yml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_contract_is_what_the_yaml_says(project):
    source = load_contract(project, "shop")
    orders = source.table("orders")
    assert source.yaml_path == Path("models/staging/shop/_shop__sources.yml")
    assert [table.relation for table in source.tables] == [
        "raw.shop__orders",
        "raw.shop__items",
        "raw.people",
    ]
    assert [(c.name, c.header, c.type, c.required) for c in orders.columns] == [
        ("order_id", "Order ID", "text", True),
        ("amount", "Amount", "numeric", False),
    ]
    assert [c.min_valid_share for c in orders.columns] == [None, 0.9]
    assert source.table("raw.shop__orders") is orders
    with pytest.raises(ValueError, match="frozen"):
        orders.name = "other"


def test_unknown_source_names_the_known_ones(project):
    assert known_sources(project) == ["shop"]
    with pytest.raises(UsageError, match="no source 'scores' to load into: known are shop"):
        load_contract(project, "scores")


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("header: Amount", "haeder: Amount", "column amount: 'header'"),
        ("min_valid_share", "min_valid_shar", "column amount: 'min_valid_shar'"),
        ("0.9", "1.5", "column amount: 'min_valid_share'.*less than or equal to 1"),
        ("type: numeric", "type: number", "column amount: 'type'"),
        ('files: "order*"', 'file: "order*"', "table shop.orders: 'file'"),
        ("identifier: shop__orders", "identifier: shop orders", "'identifier'"),
        ("version: 2", "version: [2", "not valid YAML"),
    ],
)
def test_typo_in_the_contract_is_an_error_that_names_it(old, new, match, project):
    change(project, old, new)
    with pytest.raises(UsageError, match=match) as error:
        load_contract(project, "shop")
    assert "_shop__sources.yml" in error.value.message
    assert "\n" not in error.value.message


def test_every_contract_of_the_project_can_be_read():
    names = known_sources(PROJECT_DIR)
    assert {"online_retail", "shop"} <= set(names)
    for name in names:
        assert load_contract(PROJECT_DIR, name).tables


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("orders.csv", "orders"),
        ("ORDERS_2024.CSV.GZ", "orders"),
        ("order_items.parquet", "items"),
        ("people.csv", "people"),
        ("people.csv.gz", None),
        ("customers.csv", None),
    ],
)
def test_file_goes_to_the_table_whose_glob_fits_best(file, table, project):
    source = load_contract(project, "shop")
    if table:
        assert table_of(source, Path(file)).name == table
        return
    with pytest.raises(InputRefused, match=r"orders \(order\*\), items .*--table"):
        table_of(source, Path(file))


def test_two_globs_that_fit_alike_are_not_guessed_between(project):
    change(project, '"people.csv"', '"o*ders"')
    with pytest.raises(InputRefused, match=r"several tables .*orders \(order\*\), people"):
        table_of(load_contract(project, "shop"), Path("orders.csv"))


def test_folder_stands_for_its_supported_files_by_name(project, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("order_b.csv", "order_a.csv.gz", ".order.csv", "~$order.xlsx", "order.txt"):
        (folder / name).write_text("x")
    (folder / "order_c.csv").mkdir()
    found = assign(load_contract(project, "shop"), [folder], None)
    assert [item.path.name for item in found] == ["order_a.csv.gz", "order_b.csv"]


def test_named_table_overrides_the_globs(project, tmp_path):
    path = tmp_path / "order.csv"
    path.write_text("x")
    found = assign(load_contract(project, "shop"), [path], "people")
    assert [item.table.name for item in found] == ["people"]
