"""Which language a review is in. Deterministic; a short text takes the language of its shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ml.reviews.text import WORD, words

LIKELY = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
"""Languages among which one is looked for, by default."""
MIN_LETTERS = 24
MIN_CONFIDENCE = 0.9
READ_CHARACTERS = 120
"""Of a text; more of them change the answer of hardly any and take their time."""
DETECTED = "detected"
UNKNOWN = "und"
"""ISO 639-2: undetermined."""
OTHER_SCRIPT = "none of the languages looked for: written in other letters"
LATIN_ENDS = 0x250
MAJORITY = "too short to tell: language of most reviews of the shop"


@dataclass(frozen=True)
class Spoken:
    """The language of a text, as ISO 639-1, and how it is known; None where there are no words."""

    language: str | None
    method: str | None


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (reads its model)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier


def detected(text: str, languages: tuple[str, ...] = LIKELY) -> str | None:
    """The language of a text that is long and clear enough, else None."""
    found = words(text[:READ_CHARACTERS])
    if sum(map(len, found)) < MIN_LETTERS:
        return None
    language, confidence = _identifier(languages).classify(" ".join(found))
    return str(language) if confidence >= MIN_CONFIDENCE else None


def majority(found: Sequence[str | None]) -> str | None:
    """The most frequent language, the first by name of equals; None where none is known."""
    counts = Counter(language for language in found if language is not None)
    return min(counts, key=lambda language: (-counts[language], language)) if counts else None


def spoken(
    texts: Sequence[str], shop_language: str | None, languages: tuple[str, ...] = LIKELY
) -> list[Spoken]:
    """The language of each text.

    Args:
        texts: cleaned.
        shop_language: what a short text is in.
        languages: those that are looked for.
    """
    return [_spoken(text, shop_language, languages) for text in texts]


def _spoken(text: str, shop_language: str | None, languages: tuple[str, ...]) -> Spoken:
    if not WORD.search(text):
        return Spoken(None, None)
    language = detected(text, languages)
    if language is not None:
        return Spoken(language, DETECTED)
    if _is_other_script(text):
        return Spoken(UNKNOWN, OTHER_SCRIPT)
    return Spoken(shop_language, MAJORITY if shop_language else None)


def _is_other_script(text: str) -> bool:
    """Whether most letters of the beginning are not Latin ones."""
    letters = "".join(words(text[:READ_CHARACTERS]))
    return 2 * sum(ord(letter) >= LATIN_ENDS for letter in letters) > len(letters)
