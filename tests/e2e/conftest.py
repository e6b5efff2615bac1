"""Whole jobs, run as a user runs them: the command in a process, on a server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.e2e.home import Home, new_home
from tests.e2e.real_data import load_all

# Which warehouse the tests of a file share.
FILES_OF = {
    "all_home": "cdnow olist online_retail online_retail_segments retail_orders reviews "
    "sales_marts telco unit_tests",
    "sample_home": "api audiences command_line daily_run dashboard dbt_utils documentation "
    "forecast interrupted_jobs killed_jobs notebooks outcomes profile_page recommendations "
    "sample_shop",
    "governance": "governance",
}
GROUP_OF = {f"test_{file}": home for home, files in FILES_OF.items() for file in files.split()}
# What takes longest begins first, so that nobody waits for it at the end: the shared warehouses,
# then files of one long test each.
LONG = (
    *("all_home", "sample_home", "test_daily_shop", "governance", "test_small_shops"),
    *("test_planted_event", "test_bring_your_own_shop", "test_one_customer_of_two_shops"),
)

# What comes after them in the same warehouse finds it built anew, a day older, with another model.
LAST = ("test_interrupted_jobs", "test_daily_run", "test_notebooks")


class BySharedHome(LoadScopeScheduling):
    """Keeps the tests of a shared warehouse in one process, where it is made once.

    xdist has marks for that (`--dist loadgroup`), but with pytest 9.2 they do nothing and do not
    say so: each process then makes every warehouse.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """What must run in one process: the tests of a warehouse, or this test alone."""
    for home in FILES_OF:
        if f"[{home}]" in nodeid:
            return home
    return GROUP_OF.get(Path(nodeid.partition("::")[0]).stem, nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BySharedHome:
    """Tell xdist how to share out these tests."""
    return BySharedHome(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, and insist that a shared warehouse is known above."""
    place = {name: number for number, name in enumerate(LONG)}

    def turn(item: pytest.Item) -> tuple[int, int]:
        file = item.path.stem
        group = place.get(scope_of(item.nodeid), place.get(file, len(LONG)))
        return group, LAST.index(file) + 1 if file in LAST else 0

    items.sort(key=turn)
    for item in items:
        asked = {"all_home", "sample_home"} & set(getattr(item, "fixturenames", ()))
        if asked and scope_of(item.nodeid) not in asked:
            raise pytest.UsageError(f"FILES_OF does not say that {item.nodeid} uses {asked}")


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
