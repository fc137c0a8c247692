"""What is gathered of the names in one message, and what is remembered of those that come again in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vuoto.disclosures.company import Company
from vuoto.disclosures.name_sense import NameSense
from vuoto.disclosures.names import NameBook
from vuoto.disclosures.siblings import Siblings
from vuoto.disclosures.tables import Tables
from vuoto.disclosures.weighing import Candidate
from vuoto.facts.parts import Part


class Slot(NamedTuple):
    """A part of an outline whose name says something."""

    at: int
    """Its number among the parts."""

    number: int
    """Tells it from those of all other outlines."""

    sense: NameSense
    """What its name says."""

    alone: bool
    """Whether what its value is judged to be depends on nothing else in the message."""

    stands: tuple[tuple[str, ...], str]
    """Form and field of a finding there."""


class Heard:
    """What the names in one message say, gathered part by part."""

    __slots__ = ("company", "found", "heads", "labels", "marked", "siblings", "tables")

    def __init__(self, parts: Sequence[Part], names: NameBook) -> None:
        self.company = Company(parts, names)
        self.found: list[Candidate] = []
        self.siblings: Siblings | None = None
        self.tables: Tables | None = None
        self.marked: set[int] = set()
        """Layers (by `id`) with a name by which a known format is recognised."""
        self.labels: dict[tuple[int, str], NameSense] = {}
        """What the values that name their siblings say, by layer (`id`) and group."""
        self.heads: dict[tuple[int, str], NameSense] = {}
        """What the first values of lists say, by layer (`id`) and pointer of the second."""
