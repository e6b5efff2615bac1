"""`clientele profile` as a user runs it, and its page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.browser import browser_program, visit
from tests.e2e.home import Home


@pytest.fixture(scope="module")
def page(sample_home: Home) -> Path:
    """The page of customer_360."""
    done = sample_home.clientele("profile", "customer_360")
    path = sample_home.path / "profile" / "marts.customer_360.html"
    assert done.stdout.splitlines()[-1].endswith(f": {path}")
    assert done.stderr == ""
    return path


def test_a_source_gets_a_page_for_every_staged_table(sample_home: Home, tmp_path: Path) -> None:
    tables = sample_home.rows(
        "select table_name from information_schema.tables where table_schema = 'staging' "
        "and left(table_name, 4) = 'stg_' and left(table_name, 7) <> 'stg_ml_'"
    )
    name = min(table.removeprefix("stg_").split("__")[0] for (table,) in tables)
    staged = {table for (table,) in tables if table.startswith(f"stg_{name}__")}
    done = sample_home.clientele("profile", name, "--out", str(tmp_path / "pages"), "--rows", "500")
    made = {path.name for path in (tmp_path / "pages").iterdir()}
    assert made == {"index.html"} | {f"staging.{table}.html" for table in staged}
    index = (tmp_path / "pages" / "index.html").read_text("utf-8")
    assert all(f'href="staging.{table}.html"' in index for table in staged)
    assert done.stdout.splitlines()[-1].endswith(str(tmp_path / "pages" / "index.html"))


def test_names_that_mean_nothing_are_refused(sample_home: Home) -> None:
    done = sample_home.clientele("profile", "custmer_360", code=2)
    assert "did you mean customer_360" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_no_name_or_address_of_the_sample_is_on_the_page(page: Path, sample_home: Home) -> None:
    text = page.read_text("utf-8")
    people = sample_home.rows(
        "select customer_name, email from marts.customer_360 where email is not null"
    )
    assert len(people) > 1000
    assert not [email for _, email in people if email in text]
    assert not [name for name, _ in people if name and f">{name}<" in text]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_works_in_a_browser_without_a_network(
    page: Path, sample_home: Home, tmp_path: Path, width: int
) -> None:
    if browser_program() is None:
        pytest.skip("NO BROWSER: install chromium (apt-get install chromium) to test the page")
    ((rows,),) = sample_home.rows("select count(*) from marts.customer_360")
    seen = visit(page, tmp_path, width)
    assert seen.console == []
    assert seen.requests == []
    assert f"<b>{rows:,}</b><span>rows</span>" in seen.html
    # skrub's part shows itself by script: its call for JavaScript must be gone.
    fallback = seen.html.split("wrapper-fallback")[1]
    assert fallback.split(">")[0].endswith('hidden=""')
