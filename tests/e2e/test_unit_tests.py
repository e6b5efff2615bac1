"""The unit tests of the SQL: rows of their own through every model that has some."""

from __future__ import annotations

from tests.e2e.home import Home, new_home
from tests.e2e.real_data import MISSING


def test_the_sql_passes_its_unit_tests(request) -> None:
    # The tables must be there, for their columns; what is in them does not matter.
    if MISSING:
        with new_home() as home:
            home.clientele("build")
        return
    home = request.getfixturevalue("all_home")
    assert "Completed successfully" in home.dbt("test", "-s", "test_type:unit").stdout


def test_an_unknown_source_is_named(empty_home: Home) -> None:
    typo = Home(empty_home.path, sources="shop,olits")
    said = typo.clientele("build", code=1).stderr
    assert "CLIENTELE_SOURCES names 'olits'" in said
