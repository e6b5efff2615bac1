import pytest

from apps.api.config import ApiConfig, is_loopback, load_config
from apps.api.keys import checked_scopes, new_key
from warehouse.errors import UsageError


@pytest.mark.parametrize(
    ("host", "needed"),
    [
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.4", True),
        ("api.example.org", True),
    ],
)
def test_beyond_this_machine_keys_are_needed(host: str, needed: bool) -> None:
    assert ApiConfig(host=host).needs_keys is needed
    assert is_loopback(host) is not needed
    assert ApiConfig(host=host, require_keys=True).needs_keys


def test_what_is_given_comes_before_the_environment() -> None:
    env = {"CLIENTELE_API_PORT": "9000", "CLIENTELE_API_POOL_SIZE": "3", "PATH": "/bin"}
    assert load_config(env, port=9001, host=None) == ApiConfig(port=9001, pool_size=3)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"CLIENTELE_API_PORT": "many"}, "CLIENTELE_API_PORT: Input should be a valid integer"),
        ({"CLIENTELE_API_POOL_SIZE": "0"}, "CLIENTELE_API_POOL_SIZE: Input should be greater"),
        ({"CLIENTELE_API_HOSTS": "x"}, r"CLIENTELE_API_HOSTS: .*known: CLIENTELE_API_CACHE_"),
    ],
)
def test_a_variable_that_cannot_be_is_named(env: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load_config(env)


def test_the_address_of_redis_is_not_shown() -> None:
    config = load_config({"CLIENTELE_API_REDIS_URL": "redis://:secret@localhost"})
    assert "secret" not in repr(config)


def test_keys_are_long_and_never_twice_the_same() -> None:
    made = {new_key()[1] for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 59


def test_scopes_are_checked_and_ordered() -> None:
    assert checked_scopes(["predict", "read", "read"]) == ["read", "predict"]
    with pytest.raises(ValueError, match="unknown scope root: choose from read"):
        checked_scopes(["root"])
