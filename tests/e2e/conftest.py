"""Whole jobs, run as a user runs them: the command in a process, on a server of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.home import Home, new_home
from tests.e2e.real_data import load_all

SHARED = ("all_home", "sample_home")
# Files of one long test each: they begin early, so that nobody waits for one at the end.
LONG = (
    *("test_daily_shop", "test_small_shops", "test_new_feature", "test_bring_your_own_shop"),
    *("test_planted_event", "test_one_customer_of_two_shops"),
)


# First, for xdist reads the marks in a hook of the same name, once.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a shared warehouse in one process, where it is made once."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
    for item in items:
        for home in SHARED:
            asked = item.name == "test_the_sql_passes_its_unit_tests" and home == "all_home"
            if asked or home in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(home))


@pytest.fixture(scope="session")
def sample_home() -> Iterator[Home]:
    """A warehouse on which `clientele run sample` was run once."""
    with new_home("shop") as home:
        done = home.clientele("run", "sample")
        assert done.stderr == ""
        yield home


@pytest.fixture(scope="session")
def all_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A warehouse that holds all real data sets side by side, built and scored once."""
    with new_home() as home:
        load_all(home, tmp_path_factory.mktemp("halves"))
        yield home


@pytest.fixture
def empty_home() -> Iterator[Home]:
    """A project of contract shops alone, on which nothing was run yet."""
    with new_home("shop") as home:
        yield home


@pytest.fixture
def invoice_home() -> Iterator[Home]:
    """A project that reads online_retail too, on which nothing was run yet."""
    with new_home("shop,online_retail") as home:
        yield home
