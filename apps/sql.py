"""Statements that grow together with their arguments, so that no value ever becomes SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Query:
    """A statement with placeholders $1, $2 ... and what stands for them."""

    text: str
    arguments: list[Any] = field(default_factory=list)

    def where(self, condition: str, value: Any) -> Query:
        """Add a condition whose `${}` stands for the value."""
        self.arguments.append(value)
        word = "and" if " where " in self.text else "where"
        self.text += f" {word} " + condition.replace("${}", f"${len(self.arguments)}")
        return self

    def end(self, text: str) -> Query:
        """Add what comes after the conditions: grouping, order, limit."""
        self.text += f" {text}"
        return self
