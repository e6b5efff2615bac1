import pytest

from apps.api.config import ApiConfig
from apps.api.edge import RateLimit, needed_scope
from apps.api.keys import KeyRing, new_key
from apps.api.server import JsonLines
from tests.unit.api.help import FakePool, answers, client_of, key_row, ring

OPEN = ApiConfig(host="0.0.0.0")
READ, READ_KEY = new_key()
ADMIN, ADMIN_KEY = new_key()
OLD, OLD_KEY = new_key()
KEYS = (
    key_row(READ, READ_KEY, "read"),
    key_row(ADMIN, ADMIN_KEY, "read,predict,admin,personal"),
    key_row(OLD, OLD_KEY, "read", is_revoked=True),
)


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_health_needs_no_key(path: str) -> None:
    ask, _ = client_of(answers(), OPEN, ring())
    assert ask("GET", path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/customers/1", "/docs", "/openapi.json", "/metrics", "/nope", "/health/x", "//health"]
)
@pytest.mark.parametrize(
    "given",
    [
        "",
        "x",
        OLD_KEY,
        READ_KEY[:-1],
        READ_KEY + "x",
        f"clk_{READ}_",
        f"clk_{READ}_{ADMIN_KEY[17:]}",
        "clk__",
        "é",
    ],
    ids=["none", "x", "revoked", "cut", "longer", "no secret", "mixed", "empty", "not ASCII"],
)
def test_nothing_else_answers_without_a_valid_key(path: str, given: str) -> None:
    ask, _ = client_of(answers(), OPEN, ring(*KEYS))
    done = ask("GET", path, headers={"x-api-key": given.encode()})
    assert done.status_code == 401
    assert done.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_a_key_opens_what_its_scopes_allow(header: str) -> None:
    ask, _ = client_of(answers(), OPEN, ring(*KEYS))
    start = "Bearer " if header == "authorization" else ""
    reader, admin = {header: start + READ_KEY}, {header: start + ADMIN_KEY}
    assert ask("GET", "/customers", headers=reader).text == "0 ['read']"
    assert ask("POST", "/predict/churn", headers=reader).status_code == 403
    assert ask("POST", "/models/churn/load", headers=reader).status_code == 403
    assert ask("DELETE", "/customers/1", headers=reader).status_code == 403
    assert ask("POST", "/models/churn/load", headers=admin).status_code == 200
    assert "personal" in ask("GET", "/customers/1", headers=admin).text


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/customers", "read"),
        ("POST", "/predict/churn/batch", "predict"),
        ("POST", "/batch/churn-prediction", "admin"),
        ("PUT", "/anything", "admin"),
    ],
)
def test_what_changes_something_is_for_admins(method: str, path: str, scope: str) -> None:
    assert needed_scope(method, path) == scope


def test_keys_stay_known_while_the_database_is_away() -> None:
    pool = FakePool(list(KEYS))
    ask, _ = client_of(answers(), OPEN, KeyRing(pool, 0))  # type: ignore[arg-type]
    assert ask("GET", "/kpis", headers={"x-api-key": READ_KEY}).status_code == 200
    pool.is_away = True
    assert ask("GET", "/kpis", headers={"x-api-key": READ_KEY}).status_code == 200
    assert ask("GET", "/kpis", headers={"x-api-key": OLD_KEY}).status_code == 401


def test_without_any_known_key_and_database_it_is_503() -> None:
    pool = FakePool()
    pool.is_away = True
    ask, _ = client_of(answers(), OPEN, KeyRing(pool, 5))  # type: ignore[arg-type]
    for _ in range(2):
        done = ask("GET", "/kpis", headers={"x-api-key": READ_KEY})
        assert (done.status_code, done.headers["retry-after"]) == (503, "2")


def test_a_revoked_key_is_refused_once_the_keys_are_read_again() -> None:
    pool = FakePool(list(KEYS))
    ask, _ = client_of(answers(), OPEN, KeyRing(pool, 0))  # type: ignore[arg-type]
    assert ask("GET", "/kpis", headers={"x-api-key": READ_KEY}).status_code == 200
    pool.answers = [key_row(READ, READ_KEY, "read", is_revoked=True)]
    assert ask("GET", "/kpis", headers={"x-api-key": READ_KEY}).status_code == 401


@pytest.mark.parametrize("is_told", [True, False])
def test_a_body_that_is_too_long_is_refused_told_or_not(is_told: bool) -> None:
    ask, telemetry = client_of(answers(), ApiConfig(max_body_bytes=1024))
    body = b"x" * 2000

    async def parts():
        for start in range(0, len(body), 500):
            yield body[start : start + 500]

    done = ask("POST", "/predict/churn", content=body if is_told else parts())
    assert done.status_code == 413
    assert "1,024 bytes" in done.json()["detail"]
    assert b'status="413"' in telemetry.text()
    assert ask("POST", "/predict/churn", content=body[:1024]).status_code == 200


def test_a_batch_may_be_longer_than_a_request() -> None:
    ask, _ = client_of(answers(), ApiConfig(max_body_bytes=1024, max_batch_bytes=4096))
    assert ask("POST", "/predict/churn/batch", content=b"x" * 4000).status_code == 200
    assert ask("POST", "/predict/churn/batch", content=b"x" * 5000).status_code == 413


def test_an_answer_that_does_not_begin_is_given_up() -> None:
    ask, telemetry = client_of(answers(wait=5), ApiConfig(request_seconds=0.05))
    done = ask("GET", "/kpis")
    assert done.status_code == 504
    assert b'status="504"' in telemetry.text()


def test_an_error_is_answered_without_its_text_and_with_its_id() -> None:
    async def broken(scope, receive, send):
        raise ValueError("password=secret")

    ask, _ = client_of(broken)
    done = ask("GET", "/kpis", headers={"x-request-id": "abc-1"})
    assert done.status_code == 500
    assert "secret" not in done.text
    assert done.headers["x-request-id"] == "abc-1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "a\tb"])
def test_an_odd_request_id_is_replaced(given: str) -> None:
    ask, _ = client_of(answers())
    made = ask("GET", "/kpis", headers={"x-request-id": given}).headers["x-request-id"]
    assert made != given
    assert len(made) == 16


def test_callers_share_no_tokens() -> None:
    limit = RateLimit(2)
    assert [limit.take("a", 0.0) for _ in range(5)] == [True] * 4 + [False]
    assert limit.take("b", 0.0)
    assert limit.take("a", 0.5)
    assert not limit.take("a", 0.5)
    assert limit.take("a", 100.0)


def test_too_many_requests_are_told_to_wait() -> None:
    ask, _ = client_of(answers(), ApiConfig(requests_per_second=0.001))
    done = [ask("GET", "/kpis") for _ in range(3)]
    # Twice the rate is less than one request.
    assert {each.status_code for each in done} == {429}
    assert done[0].headers["retry-after"] == "1"


def test_logs_hold_the_route_and_no_customer(caplog: pytest.LogCaptureFixture) -> None:
    ask, _ = client_of(answers(), OPEN, ring(*KEYS))
    with caplog.at_level("INFO", logger="clientele.api"):
        ask("GET", "/customers/ann@example.org?x=1", headers={"x-api-key": READ_KEY})
        ask("GET", "/customers/ann@example.org", headers={"x-api-key": "clk_a_wrong"})
    assert len(caplog.records) == 2
    said = " ".join(JsonLines().format(record) for record in caplog.records)
    assert '"status":200' in said
    assert READ in said
    for secret in ("ann@", READ_KEY, "wrong"):
        assert secret not in said
