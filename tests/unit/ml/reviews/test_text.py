"""Cleaning keeps track of places; languages are told, or taken from the shop."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ml.reviews.language import DETECTED, MAJORITY, OTHER_SCRIPT, majority, spoken
from ml.reviews.text import cleaned, folded, plain

LONG = "The fabric is lovely and the delivery came on time."


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Nice  &amp; warm", "Nice & warm"),
        ("<p>Good</p><br/>Bad", "Good Bad"),
        ("<script>alert('x')</script>fine", "fine"),
        ("I &lt;3 it", "I <3 it"),
        ("3 < 5 and 5 > 3", "3 < 5 and 5 > 3"),
        ("don&#39;t", "don't"),
        ("don’t", "don't"),
        ("zero\u200bwidth", "zero width"),
        ("cafe\u0301", "café"),
        ("\ud800 lone", "\ud800 lone"),
        (None, ""),
        (float("nan"), ""),
        ("", ""),
    ],
)
def test_markup_goes_and_words_stay(raw, expected):
    assert plain(raw) == expected


def test_a_cleaned_text_knows_where_it_stood():
    raw = "<b>Nice</b> &amp; warm. The box was torn."
    found = cleaned(raw)
    start = found.text.index("The box")
    first, last = found.span(start, start + len("The box was torn"))
    assert raw[first:last] == "The box was torn"
    start = found.text.index("&")
    assert raw[slice(*found.span(start, start + 1))] == "&"


def test_a_review_of_a_megabyte_is_read_in_part():
    started = time.monotonic()
    assert len(plain("<b>word</b> " * 100_000)) <= 20_000
    assert time.monotonic() - started < 5


def test_accents_and_case_do_not_count():
    assert folded("Ótimo") == folded("otimo") == "otimo"


def test_languages_are_told_and_short_texts_take_that_of_the_shop():
    texts = [LONG, "O produto chegou antes do prazo e gostei muito", "ok", "😀😀", ""]
    found = spoken(texts, "pt")
    assert [each.language for each in found] == ["en", "pt", "pt", None, None]
    assert [each.method for each in found] == [DETECTED, DETECTED, MAJORITY, None, None]
    assert spoken(["ok"], None)[0].language is None


def test_other_letters_are_not_taken_for_the_language_of_the_shop():
    found = spoken(["好的产品质量很好", "Хороший товар, очень доволен покупкой", "bom 好"], "pt")
    assert [each.language for each in found] == ["und", "und", "pt"]
    assert found[0].method == OTHER_SCRIPT


def test_the_majority_is_the_most_frequent_and_then_the_first():
    assert majority(["pt", "en", "pt", None]) == "pt"
    assert majority(["pt", "en"]) == "en"
    assert majority([None]) is None
    assert majority(list(np.repeat("de", 3))) == "de"
