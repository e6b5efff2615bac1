"""The unit tests of the SQL: rows of their own through every model that has some."""

from __future__ import annotations

import pytest

from tests.e2e.home import NO_UNIT_TESTS, Home, new_home


@pytest.mark.slow
def test_the_sql_passes_its_unit_tests_on_an_empty_warehouse() -> None:
    # The tables must be there, for their columns; nothing need be in them.
    with new_home() as home:
        home.clientele("build", "--", "--exclude-resource-type", "test", *NO_UNIT_TESTS)
        said = home.clientele("build", "--", "-s", "test_type:unit").stdout
        assert "unit tests" in said


def test_an_unknown_source_is_named(empty_home: Home) -> None:
    typo = Home(empty_home.path, sources="shop,olits")
    said = typo.clientele("build", code=1).stderr
    assert "CLIENTELE_SOURCES names 'olits'" in said
