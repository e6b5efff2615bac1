"""The unit tests of the SQL: rows of their own through every model that has some."""

from __future__ import annotations

from tests.e2e.home import Home, new_home
from tests.e2e.real_data import MISSING

NEWEST = "select is_full from raw.builds order by build_number desc limit 1"


def test_the_sql_passes_its_unit_tests(request) -> None:
    # The tables must be there, for their columns; what is in them does not matter.
    if MISSING:
        with new_home() as home:
            home.clientele("build")
        return
    home = request.getfixturevalue("all_home")
    # A build of a part of the rows, as a second `dbt build` is, must judge the same SQL.
    done = home.dbt("build", "--exclude-resource-type", "test")
    assert "Completed successfully" in done.stdout
    assert home.rows(NEWEST) == [(False,)]


def test_an_unknown_source_is_named(empty_home: Home) -> None:
    typo = Home(empty_home.path, sources="shop,olits")
    said = typo.clientele("build", code=1).stderr
    assert "CLIENTELE_SOURCES names 'olits'" in said
