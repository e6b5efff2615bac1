"""What the runner makes of dbt's answers; dbt itself is run by the e2e tests."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dbt.cli.main
import pytest
from dbt.exceptions import CompilationError, ParsingError

from orchestration import dbt_runner
from warehouse.connection_info import ConnectionInfo
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

TWICE = CompilationError("dbt found two unit_tests with the name x")
ANEW = "--no-partial-parse"


class FakeDbt:
    """Answers from a list, and keeps what it was asked."""

    answers: list[tuple[list[str], BaseException | None]]
    asked: list[list[str]]

    def __init__(self, callbacks: list[Any]) -> None:
        self.callbacks = callbacks

    def invoke(self, command: list[str]) -> SimpleNamespace:
        type(self).asked.append(command)
        events, exception = type(self).answers.pop(0)
        for name in events:
            for callback in self.callbacks:
                callback(SimpleNamespace(info=SimpleNamespace(name=name)))
        return SimpleNamespace(exception=exception, result=None, success=exception is None)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeDbt]:
    FakeDbt.answers, FakeDbt.asked = [], []
    monkeypatch.setattr(dbt.cli.main, "dbtRunner", FakeDbt)
    monkeypatch.setattr(dbt_runner, "_sources_changed", lambda _: False)
    return FakeDbt


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    info = ConnectionInfo(kind="server", host="localhost", port=1, user="nobody", dbname="none")
    return Settings(project_dir=tmp_path, home_dir=tmp_path, connection=info)


@pytest.mark.parametrize("error", [TWICE, ParsingError("Unable to find model 'x'")])
def test_a_project_that_memory_spoils_is_read_anew(
    fake: type[FakeDbt], settings: Settings, error: Exception
) -> None:
    fake.answers = [([], error), (["FoundStats"], None)]
    dbt_runner.create_declared_tables(settings)
    first, second = fake.asked
    assert ANEW not in first
    assert second == [ANEW, *first]


def test_a_wrong_project_is_told_after_the_second_look(
    fake: type[FakeDbt], settings: Settings
) -> None:
    fake.answers = [([], TWICE), ([], TWICE)]
    with pytest.raises(ClienteleError, match="found two unit_tests with the name x"):
        dbt_runner.create_declared_tables(settings)
    assert len(fake.asked) == 2


@pytest.mark.parametrize(
    ("events", "error"), [(["FoundStats"], TWICE), ([], RuntimeError("no such server"))]
)
def test_what_fails_otherwise_is_not_tried_twice(
    fake: type[FakeDbt], settings: Settings, events: list[str], error: Exception
) -> None:
    fake.answers = [(events, error)]
    with pytest.raises(ClienteleError):
        dbt_runner.create_declared_tables(settings)
    assert len(fake.asked) == 1
