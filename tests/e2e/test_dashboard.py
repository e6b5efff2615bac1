"""The dashboard in a real browser, its numbers beside SQL on the marts."""

from __future__ import annotations

import csv
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from apps.dashboard.parts import money
from tests.e2e.browser import browser_program, wait_until_drawn
from tests.e2e.home import BIN, Home
from tests.embedded_help import PROJECT_DIR
from tests.ports import free_port

PAGES = (
    *("", "segments", "churn", "value", "customer", "products", "forecasts", "models"),
    "quality",
)
SHOP = "sample"
SECONDS = 90_000


@dataclass
class Dashboard:
    """A running dashboard, and a browser to look at it."""

    url: str
    browser: Any
    first_heading: str = ""
    """Of the page that the first visitor saw, who came to the page of models."""

    def open(self, path: str = "", width: int = 1280, **address: str) -> Any:
        """Open a page and wait until it has been drawn."""
        asked = "&".join(f"{name}={value}" for name, value in {"source": SHOP, **address}.items())
        page = self.browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{self.url}/{path}?{asked}")
        wait_until_drawn(page, SECONDS)
        return page


@pytest.fixture(scope="module")
def dashboard(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    if browser_program() is None:
        pytest.skip("NO BROWSER: install chromium (apt-get install chromium) to test the pages")
    from playwright.sync_api import sync_playwright

    port = free_port()
    log = tmp_path_factory.mktemp("dashboard") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(BIN / "clientele"), "dashboard", "--port", str(port)],
            cwd=PROJECT_DIR,
            env=sample_home.environment,
            stdout=out,
            stderr=out,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(process, url, log)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=browser_program(), args=["--no-sandbox", "--disable-gpu"]
            )
            found = Dashboard(url, browser)
            page = found.open("models")
            found.first_heading = page.locator("h1").inner_text()
            page.close()
            yield found
            browser.close()
    finally:
        process.terminate()
        process.wait(20)


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            if urlopen(f"{url}/_stcore/health", timeout=5).status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))


def cards(page: Any) -> dict[str, str]:
    """Label and value of every card, read at one moment: while a page is drawn they come and go."""
    page.wait_for_selector('[data-testid="stMetric"]', timeout=SECONDS)
    wait_until_drawn(page, SECONDS)
    found: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMetric"]')].map(card =>
            ['Label', 'Value'].map(part =>
                card.querySelector(`[data-testid="stMetric${part}"]`).innerText.trim()))"""
    )
    return dict(found)


def test_the_first_visitor_may_come_by_the_address_of_a_page(dashboard: Dashboard) -> None:
    assert dashboard.first_heading == "Models"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens(dashboard: Dashboard, path: str, width: int) -> None:
    page = dashboard.open(path, width)
    page.wait_for_timeout(1000)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stAlertContentError"]').count() == 0
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    page.close()


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"from": "2025-01-01", "to": "2025-03-31"},
        {"from": "2024-07-01", "to": "2025-06-30", "country": "DE"},
        {"from": "2025-01-01", "to": "2025-06-30", "segment": "persona"},
    ],
)
def test_cards_say_what_sql_says(
    sample_home: Home, dashboard: Dashboard, address: dict[str, str]
) -> None:
    asked = dict(address)
    if "segment" in asked:
        asked["segment"] = sample_home.value(
            "select persona_name from predictions.segments order by segment_number limit 1"
        )
    last = sample_home.value("select max(order_date) from marts.fct_orders")
    first = sample_home.value("select max(order_date) - 364 from marts.fct_orders")
    ((revenue, orders, customers, returned),) = sample_home.rows(
        "select sum(net_revenue_amount), count(*), count(distinct customer_id), "
        "sum(returned_amount) from marts.fct_orders where order_date between %s and %s "
        "and (%s::text is null or country = %s) and (%s::text is null or customer_id in "
        "(select customer_id from marts.customer_360 where persona_name = %s))",
        (
            asked.get("from", first),
            asked.get("to", last),
            *(asked.get("country"),) * 2,
            *(asked.get("segment"),) * 2,
        ),
    )
    page = dashboard.open(**asked)
    assert cards(page) == {
        "Net revenue": money(float(revenue)),
        "Orders": f"{orders:,}",
        "Customers": f"{customers:,}",
        "Average order": money(float(revenue) / orders),
        "Returned": money(float(returned)),
    }
    page.close()


def test_cards_of_churn_and_value_say_what_sql_says(
    sample_home: Home, dashboard: Dashboard
) -> None:
    ((scored, high, at_risk, value),) = sample_home.rows(
        "select count(churn_probability), "
        "count(*) filter (where churn_risk_band in ('high', 'critical')), "
        "sum(revenue_at_risk_amount) filter (where churn_probability is not null), "
        "sum(clv_12_months_amount) from marts.customer_360"
    )
    page = dashboard.open("churn")
    assert cards(page) == {
        "Scored customers": f"{scored:,}",
        "High or critical": f"{high:,}",
        "Revenue at risk": money(float(at_risk)),
    }
    page.close()
    page = dashboard.open("value")
    assert cards(page)["In twelve months"] == money(float(value))
    page.close()


def test_cards_of_forecasts_say_what_sql_says(sample_home: Home, dashboard: Dashboard) -> None:
    near = sample_home.value(
        "select sum(forecast_amount) from predictions.sales_forecast "
        "where series_level = 'total' and grain = 'day' and horizon_days <= 28"
    )
    page = dashboard.open("forecasts")
    assert cards(page)["Next 28 days"] == money(float(near))
    page.close()


def test_an_export_holds_what_sql_gives(
    sample_home: Home, dashboard: Dashboard, tmp_path: Path
) -> None:
    page = dashboard.open("churn", country="DE")
    with page.expect_download(timeout=SECONDS) as download:
        page.get_by_text("rows as CSV").first.click(timeout=SECONDS)
    path = tmp_path / "contacts.csv"
    download.value.save_as(path)
    page.close()
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    expected = sample_home.rows(
        "select customer_id, churn_probability from marts.customer_360 "
        "where country = 'DE' and priority_rank is not null order by priority_rank"
    )
    assert len(expected) > 10
    assert [row["customer_id"] for row in rows] == [key for key, _ in expected]
    for row, (_, probability) in zip(rows, expected, strict=True):
        assert float(row["churn_probability"]) == pytest.approx(probability, abs=1e-9)


def test_a_filter_goes_into_the_address_and_over_to_the_next_page(dashboard: Dashboard) -> None:
    page = dashboard.open(country="DE")
    page.wait_for_function("location.search.includes('country=DE')", timeout=SECONDS)
    assert f"source={SHOP}" in page.url
    chosen = page.get_by_role("combobox", name="Country")
    assert "DE" in (chosen.get_attribute("aria-label") or "") + chosen.input_value()
    page.close()


def test_a_customer_is_opened_by_address_and_found_by_search(
    sample_home: Home, dashboard: Dashboard
) -> None:
    ((key, name, orders),) = sample_home.rows(
        "select customer_id, customer_name, order_count from marts.customer_360 "
        "where customer_name is not null and order_count > 5 order by customer_id limit 1"
    )
    page = dashboard.open("customer", customer=key)
    assert cards(page)["Orders"] == str(orders)
    assert page.get_by_role("heading", name=name).count()
    page.close()
    page = dashboard.open("customer")
    page.get_by_label("Search by number, name or e-mail").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-testid="stMetric"]', timeout=SECONDS)
    assert page.get_by_role("heading", name=name).count()
    page.close()


@pytest.mark.parametrize(
    ("path", "address", "said"),
    [
        ("customer", {"customer": "sample:nobody"}, "There is no customer sample:nobody"),
        ("customer", {}, "Search for somebody"),
        ("", {"from": "2023-01-08", "to": "2023-01-01", "country": "Atlantis"}, "Net revenue"),
    ],
)
def test_odd_addresses_are_answered_in_words(
    dashboard: Dashboard, path: str, address: dict[str, str], said: str
) -> None:
    page = dashboard.open(path, **address)
    page.get_by_text(said).first.wait_for(timeout=SECONDS)
    assert page.locator('[data-testid="stException"]').count() == 0
    page.close()


def test_the_newest_day_of_the_shop_is_the_last_of_the_period(
    sample_home: Home, dashboard: Dashboard
) -> None:
    last: date = sample_home.value("select max(order_date) from marts.fct_orders")
    page = dashboard.open()
    page.wait_for_function(f"location.search.includes('to={last}')", timeout=SECONDS)
    page.close()
