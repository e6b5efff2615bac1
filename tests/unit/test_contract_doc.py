"""The documentation of the shop contract is the contract."""

from __future__ import annotations

import pytest

from ingest.contract import load_contract
from ingest.contract_doc import SHOP, with_contract
from tests.embedded_help import PROJECT_DIR

DOCUMENT = PROJECT_DIR / "docs" / "bring_your_own_shop.md"


def test_the_document_holds_the_contract_of_the_yaml() -> None:
    text = DOCUMENT.read_text("utf-8")
    again = with_contract(text, load_contract(PROJECT_DIR, SHOP))
    assert text == again, f"run 'python -m ingest.contract_doc {DOCUMENT}'"


def test_every_column_says_what_it_means_and_what_is_lost_without_it() -> None:
    for table in load_contract(PROJECT_DIR, SHOP).tables:
        assert table.description, table.name
        for column in table.columns:
            assert column.description, column.name
            assert column.required != bool(column.without), f"{table.name}.{column.name}"


def test_a_document_without_a_place_for_it_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no <!-- contract"):
        with_contract("# Title", load_contract(PROJECT_DIR, SHOP))
