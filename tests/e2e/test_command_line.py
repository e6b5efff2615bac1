"""The command line as a user meets it when something is wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.e2e.home import BIN, Home
from tests.embedded_help import PROJECT_DIR


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "--nope"], 2, "No such option: --nope"),
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["run", "--as-of", "2011-13-01"], 2, "--as-of"),
        (["load", "nosuch", "x.csv"], 2, "no source 'nosuch'"),
        (["load", "online_retail"], 2, "name the files to load"),
        (["load", "online_retail", "nowhere.csv"], 4, "nowhere.csv: there is no such file"),
        (["train", "nonsense"], 2, "no task 'nonsense'"),
        (["train", "--source", "nix"], 2, "nix has no orders"),
        (["train", "churn", "--evaluate-at", "2024-01-09"], 1, "extra_as_of_dates"),
        (["score", "--as-of", "2024-01-09"], 1, "no features of sample as of 2024-01-09"),
        (["build", "--", "-s", "no_such_model", "--fail-fast=3"], 1, "dbt:"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    sample_home: Home, arguments: list[str], code: int, said: str
) -> None:
    done = sample_home.clientele(*arguments, code=code)
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("clientele: ")
    assert said in line


def test_verbose_shows_where_it_happened(sample_home: Home) -> None:
    done = sample_home.clientele("--verbose", "train", "nonsense", code=2)
    assert "Traceback" in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("clientele: there is no task")


def test_a_failing_model_is_named(sample_home: Home, tmp_path: Path) -> None:
    # A file in the way of dbt: the view's name is taken by a type.
    done = sample_home.clientele("build", "--", "-s", "dim_dates", "--vars", "{", code=1)
    assert "dbt:" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["load"], ["build"], ["train"], ["score"], ["run"], ["db"], ["db", "psql"]],
)
def test_every_command_explains_itself(arguments: list[str]) -> None:
    done = subprocess.run(
        [str(BIN / "clientele"), *arguments, "--help"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage:" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["build", "--", "-s", "no_such_model"], 2, "the selection matches no model"),
        (["build", "--as-of", "2024-01-01", "--", "-s", "dim_dates"], 2, "leave the selection out"),
        (["load", "nosuch"], 2, "no source 'nosuch'"),
    ],
)
def test_what_would_do_nothing_is_refused(
    sample_home: Home, arguments: list[str], code: int, said: str
) -> None:
    assert said in sample_home.clientele(*arguments, code=code).stderr
