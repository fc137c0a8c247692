"""The type that each file in `questions` exports as `QUESTION`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.vocabulary import Question as Word
from vuoto.transfers.case import Case, Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that every body of law asks alike. Whether data may leave is asked by each jurisdiction itself."""

    id: Word
    """The document's word."""

    decide: Callable[[Case], tuple[Ruling, ...]]
    """The answers: one per group of kinds that fares alike; none where the question does not arise."""
