import pytest

from warehouse.connect import refuse_old_server
from warehouse.errors import DatabaseUnavailable


@pytest.mark.parametrize("version", [90_600, 150_018])
def test_a_server_without_what_the_models_need_is_refused(version: int) -> None:
    with pytest.raises(DatabaseUnavailable, match="needs 16 or newer"):
        refuse_old_server(version)


@pytest.mark.parametrize("version", [160_000, 180_004])
def test_newer_servers_are_taken(version: int) -> None:
    refuse_old_server(version)
