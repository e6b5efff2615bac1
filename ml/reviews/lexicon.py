"""The lexicon of aspects and opinions, ready to be looked up: terms are found longest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ml.reviews.text import WORD, folded


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATIONS = {
    "en": _set(
        "not no never nothing nobody none neither nor without hardly barely cannot cant dont "
        "doesnt didnt isnt wasnt wont"
    ),
    "pt": _set("nao nem nunca jamais sem nada ninguem nenhum nenhuma"),
}
CONTRASTS = {
    "en": _set("but however although though while whilst yet except whereas unfortunately"),
    "pt": _set("mas porem embora contudo entretanto todavia enquanto apesar"),
}
JOINS = {"en": _set("and plus"), "pt": _set("e")}
STRONGER = {
    "en": _set("very so really extremely super absolutely incredibly too"),
    "pt": _set("muito super extremamente demais bastante tao"),
}
WEAKER = {"en": _set("slightly somewhat bit little fairly"), "pt": _set("pouco pouquinho meio")}
NOT_A_NEGATION = {"en": frozenset([("not", "only"), ("no", "doubt")]), "pt": frozenset()}


@dataclass(frozen=True)
class Entry:
    """What a term says: an aspect, an opinion, or both.

    `needs_opinion`: the aspect counts only where somebody has an opinion of it. `is_own`: the
    opinion is of its aspect whatever else is named, otherwise only where nothing else is.
    """

    aspect: str | None = None
    needs_opinion: bool = False
    polarity: float | None = None
    opinion_aspect: str | None = None
    is_own: bool = False


@dataclass(frozen=True)
class Lexicon:
    """Terms of one language by their first word, longest first."""

    language: str
    entries: dict[str, list[tuple[tuple[str, ...], Entry]]]

    @cached_property
    def _known(self) -> frozenset[str]:
        return NEGATIONS[self.language] | JOINS[self.language] | self.entries.keys()

    def has(self, token: str) -> bool:
        """Whether a word can be anything but filling."""
        return token in self._known or token.endswith("n't")

    def at(self, tokens: Sequence[str], place: int) -> tuple[int, Entry] | None:
        """The longest term that begins at a place: its number of words, and what it says."""
        for term, entry in self.entries.get(tokens[place], ()):
            if tuple(tokens[place : place + len(term)]) == term:
                return len(term), entry
        return None

    def is_negation(self, tokens: Sequence[str], place: int) -> bool:
        """Whether the word turns what follows into its opposite."""
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if (token, following) in NOT_A_NEGATION[self.language]:
            return False
        return token in NEGATIONS[self.language] or token.endswith("n't")


def term_words(term: str) -> tuple[str, ...]:
    """The words of a term, as texts are read: small letters, no accents."""
    return tuple(folded(found.group()) for found in WORD.finditer(term))


def lexicons(aspects: pd.DataFrame, opinions: pd.DataFrame) -> dict[str, Lexicon]:
    """Build the lexicon of every language of the seeds that negations are known of."""
    found: dict[str, dict[tuple[str, ...], Entry]] = {}
    for language, term, entry in [*_aspect_entries(aspects), *_opinion_entries(opinions)]:
        if language in NEGATIONS:
            known = found.setdefault(language, {})
            known[term] = _merged(known.get(term), entry)
    return {language: Lexicon(language, _by_first(terms)) for language, terms in found.items()}


def _aspect_entries(aspects: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...], Entry]]:
    for row in aspects.itertuples(index=False):
        if words := term_words(str(row.term)):
            entry = Entry(str(row.aspect), needs_opinion=bool(row.needs_opinion))
            yield str(row.language), words, entry


def _opinion_entries(opinions: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...], Entry]]:
    for row in opinions.to_dict("records"):
        if words := term_words(str(row["term"])):
            aspect = row["aspect"] if isinstance(row["aspect"], str) and row["aspect"] else None
            is_own = bool(row["binding"] == "own")
            entry = Entry(polarity=float(row["polarity"]), opinion_aspect=aspect, is_own=is_own)
            yield str(row["language"]), words, entry


def _merged(first: Entry | None, second: Entry) -> Entry:
    """A word that is both: `fit` names an aspect and says a little of it."""
    if first is None:
        return second
    aspect = first if first.aspect else second
    opinion = second if second.polarity is not None else first
    return Entry(
        aspect.aspect,
        aspect.needs_opinion,
        opinion.polarity,
        opinion.opinion_aspect,
        opinion.is_own,
    )


def _by_first(
    terms: dict[tuple[str, ...], Entry],
) -> dict[str, list[tuple[tuple[str, ...], Entry]]]:
    found: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for term in sorted(terms, key=lambda words: (-len(words), words)):
        found.setdefault(term[0], []).append((term, terms[term]))
    return found
