"""Which columns hold personal data: the one list. YAML (`pii: true` or false) overrules it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from apps.profile.catalogue import Column

WORDS = frozenset(
    {
        # how to reach a person
        *("email", "emails", "mail", "phone", "phones", "telephone", "tel", "mobile", "cell"),
        *("fax", "whatsapp"),
        # where a person lives
        *("address", "addresses", "street", "postcode", "postalcode", "zip", "zipcode"),
        *("latitude", "longitude"),
        # who a person is
        *("surname", "firstname", "lastname", "fullname", "username", "nickname"),
        *("birthday", "birthdate", "dob", "passport", "ssn", "iban", "ip"),
        # what a person wrote
        *("comment", "comments", "message", "messages", "note", "notes", "remark", "remarks"),
        *("text", "body", "feedback"),
    }
)
"""A column with one of these words in its name is personal."""
PHRASES = frozenset(
    {
        *(("postal", "code"), ("zip", "code"), ("birth", "date"), ("date", "birth")),
        *(("review", "title"), ("card", "number"), ("house", "number")),
    }
)
"""So is one with these two words beside each other ("of" left out)."""
PERSONS = frozenset(
    {
        *("customer", "client", "member", "guest", "subscriber", "user", "buyer", "holder"),
        *("person", "contact", "recipient", "reviewer", "author", "employee"),
        *("first", "last", "middle", "given", "family", "full", "maiden", "shipping", "billing"),
    }
)
"""So is the `name` of one of these, and a bare `name`, which may be anybody's."""
MEASURES = frozenset(
    {"count", "counts", "days", "share", "pct", "length", "amount", "score", "is", "has"}
)
"""A number that is named like one of these is a measure and no contact."""

EMAIL_PATTERN = r"[^[:space:]@<>]+@[^[:space:]@<>]+[.][[:alpha:]]{2,}"
"""Postgres' regular expression of what looks like an e-mail address, wherever it stands."""


def words(name: str) -> list[str]:
    """Split a column name into lower-case words: snake_case, camelCase and blanks alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    found = re.split(r"[\W_\d]+", spaced.lower())
    return [word for word in found if word and word != "of"]


def is_personal_name(name: str) -> bool:
    """Tell by its name alone whether a column holds personal data."""
    parts = words(name)
    pairs = set(pairwise(parts))
    persons_name = parts == ["name"] or any(
        person in PERSONS and word in ("name", "names") for person, word in pairs
    )
    return bool(WORDS & set(parts)) or bool(PHRASES & pairs) or persons_name


def why_personal(column: Column, marks: Mapping[str, bool]) -> str | None:
    """Return why the values of a column must not be shown, or None if they may be.

    Args:
        column: the column.
        marks: what dbt's YAML says: column name to `pii`.
    """
    if column.name in marks:
        return "marked pii in its YAML" if marks[column.name] else None
    if column.kind == "boolean":
        return None  # has_email tells no address
    if column.kind == "number" and MEASURES & set(words(column.name)):
        return None
    return "named like personal data" if is_personal_name(column.name) else None
