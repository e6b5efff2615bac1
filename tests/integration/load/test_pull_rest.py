"""A real web server is pulled from: page by page, what is new, however busy it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pull_help import MAPPED, Shop
from tests.web_help import Answer, Server, web_server
from warehouse.errors import ClienteleError, InputRefused, UsageError

PAGE = 3
KEYS = MAPPED | {"CustomerID": "customer.number", "Country": "customer.address.country"}


class Api:
    """Rows behind ?page= and ?since=, and what goes wrong on the way."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.trouble: list[Answer] = []
        self.keys: list[str | None] = []
        self.key = "rows"

    def add(self, number: int, changed: str = "2024-05-01T00:00:00Z", **changes: object) -> None:
        row = {
            "order_no": 536364 + number,
            "sku": "A1",
            "title": f"Tea cup {number}",
            "pieces": 6,
            "ordered_at": "2024-05-01T12:30:15Z",
            "price": "PRICE",
            "customer": {"number": 17850, "address": {"country": "France"}},
            "changed": changed,
        }
        self.rows.append(row | changes)

    def respond(self, request) -> Answer:
        if self.trouble:
            return self.trouble.pop(0)
        self.keys.append(request.headers.get("Authorization"))
        asked = parse_qs(urlsplit(request.path).query)
        found = [row for row in self.rows if row["changed"] >= asked.get("since", [""])[0]]
        page = int(asked.get("page", ["1"])[0])
        pages = max(1, -(-len(found) // PAGE))
        body = {self.key: found[(page - 1) * PAGE : page * PAGE], "pages": pages}
        text = json.dumps({"data": body}).replace('"PRICE"', "12345678901234567890.10")
        return Answer(text.encode(), headers={"Content-Type": "application/json"})


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api) -> Iterator[Server]:
    with web_server(api.respond) as running:
        yield running


@pytest.fixture
def shop(db, server, tmp_path, monkeypatch) -> Shop:
    monkeypatch.setenv("ACME_TOKEN", "s3cret")
    client = {
        "base_url": f"{server.url}/v1/",
        "auth": {"type": "bearer", "token_env": "ACME_TOKEN"},
        "paginator": {"type": "page_number", "base_page": 1, "total_path": "data.pages"},
    }
    endpoint = {
        "path": "orders",
        "data_selector": "data.rows",
        "params": {"since": "{incremental.start_value}"},
        "incremental": {"cursor_path": "changed", "initial_value": "2020-01-01T00:00:00Z"},
    }
    table = {"endpoint": endpoint, "columns": KEYS}
    return Shop(db, tmp_path, kind="rest_api", client=client, tables={"lines": table})


def endpoint(shop: Shop) -> dict:
    return shop.connection["tables"]["lines"]["endpoint"]


def test_all_pages_land_in_full_and_only_what_is_new_comes_again(shop, api, server):
    for number in range(7):
        api.add(number)
    assert shop.pull().row_count == 7
    assert shop.landed()[0] == (
        *("536364", "A1", "Tea cup 0", "6", "2024-05-01T12:30:15Z"),
        *("12345678901234567890.10", "17850", "France"),
    )
    assert set(api.keys) == {"Bearer s3cret"}
    assert len(server.asked) == 3
    assert shop.pull().batches == []
    assert "since=2024-05-01" in server.asked[-1]
    api.add(8, "2024-05-02T00:00:00Z")
    api.rows[0] |= {"title": "Renamed", "changed": "2024-05-03T00:00:00Z"}
    assert shop.pull().row_count == 2
    assert {row[2] for row in shop.landed()[7:]} == {"Tea cup 8", "Renamed"}
    for file in shop.settings.home_dir.rglob("*"):
        assert not file.is_file() or b"s3cret" not in file.read_bytes()


def test_busy_and_slow_answers_are_asked_for_again(shop, api, server):
    api.add(1)
    api.trouble = [Answer(status=429, headers={"Retry-After": "1"}), Answer(status=503)]
    assert shop.pull().row_count == 1
    api.add(2, "2024-05-02T00:00:00Z")
    api.trouble = [Answer(wait_seconds=5)]
    assert shop.pull().row_count == 1
    assert len(server.asked) == 5


def test_trouble_on_a_later_page_leaves_the_cursor_where_it_was(shop, api):
    for number in range(4):
        api.add(number)
    good, calls = api.respond, []

    def respond(request):
        calls.append(request.path)
        return Answer(status=404) if "page=2" in request.path else good(request)

    with web_server(respond) as broken:
        shop.connection["client"]["base_url"] = f"{broken.url}/v1/"
        with pytest.raises(InputRefused, match="404 Not Found"):
            shop.pull()
    assert any("page=2" in path for path in calls)
    assert shop.landed() == []
    with web_server(api.respond) as whole:
        shop.connection["client"]["base_url"] = f"{whole.url}/v1/"
        assert shop.pull().row_count == 4


def test_rows_in_a_list_of_each_object(shop, api):
    api.add(1, lines=[{"sku": "A1", "pieces": 2}, {"sku": "B2", "pieces": 3}])
    api.add(2, lines=[])
    api.add(3, lines=[{"sku": "C3", "pieces": 4}], customer=None)
    table = shop.connection["tables"]["lines"]
    table["rows"] = "lines"
    table["columns"] = {
        "InvoiceNo": "parent.order_no",
        "InvoiceDate": "parent.ordered_at",
        "UnitPrice": "parent.price",
        "CustomerID": "parent.customer.number",
        "StockCode": "sku",
        "Quantity": "pieces",
        "Description": "nmae",
    }
    done = shop.pull()
    assert done.row_count == 3
    assert done.unseen == ["nmae"]
    assert [(row[0], row[1], row[3], row[6]) for row in shop.landed()] == [
        ("536365", "A1", "2", "17850"),
        ("536365", "B2", "3", "17850"),
        ("536367", "C3", "4", None),
    ]


def refusal(shop: Shop) -> str:
    with pytest.raises(ClienteleError) as refused:
        shop.pull()
    assert "\n" not in refused.value.message
    assert "s3cret" not in refused.value.message
    assert shop.landed() == []
    return refused.value.message


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Answer(status=500), "the server answers 500 Internal Server Error, in each of 3 tries"),
        (Answer(status=404), "the server answers 404 Not Found; check the address"),
        (Answer(status=401), "401 Unauthorized; it wants a login: check the token and its rights"),
        (Answer(b"<html>"), "the answer is no JSON; check base_url and path"),
        (Answer(b'{"data": {"items": []}}'), "nothing at data_selector 'data.rows'"),
        (Answer(b'{"data": {"rows": [1], "pages": 1}}'), "a row lacks the cursor changed"),
        (
            Answer(b'{"data": {"rows": [{"a": 1}], "pages": 1}}'),
            "a row lacks the cursor changed; name a column",
        ),
        (
            Answer(b'{"data": {"rows": [{"changed": "2024", "a": 1}], "pages": 1}}'),
            "acme.lines: a row has no 'order_no' for the required column InvoiceNo; it has changed",
        ),
    ],
)
def test_each_trouble_is_one_line(trouble, said, shop, api):
    api.trouble = [trouble] * 3
    assert said in refusal(shop)
    api.trouble = []
    api.add(1)
    assert shop.pull().row_count == 1


def test_nobody_there_is_one_line(shop):
    shop.connection["client"]["base_url"] = "http://127.0.0.1:1/v1/"
    assert "cannot be reached (Connection refused)" in refusal(shop)


def test_settings_that_cannot_be_meant_are_one_line(shop, monkeypatch):
    endpoint(shop)["pth"] = "orders"
    assert "dlt does not understand the endpoint" in refusal(shop)
    del endpoint(shop)["pth"]
    endpoint(shop)["paginator"] = {"type": "nonsense"}
    assert "dlt does not understand the endpoint" in refusal(shop)
    del endpoint(shop)["paginator"]
    shop.connection["client"]["auth"] = {"type": "bearer", "token": "s3cret"}
    assert "'token' is a secret, which does not belong in a file; write token_env" in refusal(shop)
    shop.connection["client"]["auth"] = {"type": "bearer", "token_env": "ACME_TOKEN"}
    monkeypatch.delenv("ACME_TOKEN")
    assert "the environment variable ACME_TOKEN is not set" in refusal(shop)


def test_table_without_cursor_is_news_only_when_it_changed(shop, api):
    del endpoint(shop)["incremental"]
    del endpoint(shop)["params"]
    api.add(1)
    assert [shop.pull().row_count for _ in range(2)] == [1, 0]
    api.rows[0]["title"] = "Renamed"
    assert shop.pull().row_count == 1
    api.rows[0]["title"] = "Tea cup 1"
    assert shop.pull().row_count == 1, "what changed back is news too"
    with pytest.raises(UsageError, match="connection acme names no table x: it has lines"):
        shop.pull(tables=["x"])
