"""What the terminal and the page say of a difference in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vuoto.facts.changes import Change, Concern, Difference
from vuoto.reports.showing import capital, counted, reading_order

HEADS: Final[dict[Concern, str]] = {
    "high": "High: personal data may go a new way, or the code is somebody else's",
    "medium": "Medium: code may collect, reach or start more",
    "low": "Low: worth knowing",
    "none": "Less than before",
}

SIGNS: Final = {"added": "+", "removed": "-", "changed": "~"}
"""Before each change, by its direction."""

_ORDER: Final = (
    "package",
    "signer",
    "way",
    "trigger",
    "host",
    "identifier-read",
    "send",
    "hidden-code",
    "clear-text",
    "shared-user",
    "permission",
)
"""What a person wants to hear first; the rest follows by name."""


def heard_first(change: Change) -> tuple[int, str, str, tuple[bool, int, str], str]:
    """Sort key of changes: what a person wants to hear first."""
    place = _ORDER.index(change.aspect) if change.aspect in _ORDER else len(_ORDER)
    kind, _, channel = change.subject.partition(" to ")
    return place, change.aspect, f"{change.direction} {channel}", reading_order(kind), change.id


def summary(difference: Difference) -> Sequence[str]:
    """One or two sentences: what changed, and in how many packages."""
    high = sum(change.concern == "high" for change in difference.changes)
    head = "Nothing changed that is compared here."
    if difference.changes:
        head = f"{capital(counted(len(difference.changes), 'change'))}, of which {high or 'none'} of high concern."
    parts = [
        (difference.same_bytes, "are the same bytes", "is the same bytes"),
        (difference.same_meaning, "differ in bytes alone", "differs in bytes alone"),
        (difference.changed, "changed", "changed"),
        (difference.added, "are new", "is new"),
        (difference.removed, "are gone", "is gone"),
    ]
    told = [f"{number:,} {one if number == 1 else many}" for number, many, one in parts if number]
    return [head, f"Of the packages {', '.join(told)}."] if told else [head]
