from datetime import datetime

import pytest

from ml.champions import Word, challenger_version, reigns


def words(*said: tuple[str, str]) -> list[Word]:
    return [
        Word(kind, version, None, "", None, datetime(2024, 1, day))
        for day, (kind, version) in enumerate(said, start=1)
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], []),
        ([("kept", "a")], []),
        ([("first", "a"), ("promoted", "b")], ["a", "b"]),
        ([("first", "a"), ("promoted", "b"), ("kept", "c")], ["a", "b"]),
        # A second rollback goes further back, and not forth again.
        ([("first", "a"), ("promoted", "b"), ("promoted", "c"), ("rolled_back", "b")], ["a", "b"]),
        ([("first", "a"), ("promoted", "b"), ("rolled_back", "a"), ("promoted", "c")], ["a", "c"]),
        ([("first", "a"), ("promoted", "a")], ["a"]),
    ],
)
def test_who_reigned(said: list[tuple[str, str]], expected: list[str]) -> None:
    assert reigns(words(*said)) == expected


def test_the_challenger_is_whoever_was_kept_last() -> None:
    assert challenger_version([]) is None
    assert challenger_version(words(("first", "a"), ("kept", "b"))) == "b"
    assert challenger_version(words(("first", "a"), ("kept", "b"), ("promoted", "c"))) is None
