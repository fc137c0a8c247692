"""What a field's name says, as a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from vuoto.disclosures.identifier import Identifier, Reading


class NameSense(NamedTuple):
    """What a name says. Empty for almost all names."""

    strong: tuple[Identifier, ...] = ()
    """Kinds that it means."""

    hints: tuple[Identifier, ...] = ()
    """Kinds that it may mean if their check holds."""

    vague: tuple[Identifier, ...] = ()
    """Kinds that it may mean, though only as `possible`."""

    shy: tuple[Identifier, ...] = ()
    """Kinds that it means beside their company."""

    read: Callable[[str], Reading | None] | None = None
    """How a value of the kind that it means is read, where the name says so."""

    company: frozenset[str] = frozenset()
    """The phrases, written together, of which one must stand beside it for `shy` to count."""

    strangers: frozenset[str] = frozenset()
    """The phrases, written together, of which one beside it says that it means none of `estranged`."""

    estranged: tuple[str, ...] = ()
    """The kinds that such a phrase speaks against."""

    half: tuple[Identifier, int, str] | None = None
    """Half of a pair: the kind, which half, and the rest of the name that both halves share."""

    lists: tuple[Identifier, ...] = ()
    """Kinds whose value is made of several fields of this name."""

    hashed: bool = False
    """Whether it says that the value is a digest."""

    piece: bool = False
    """Whether the field carries only a piece of the value, so that the check of the whole says nothing."""

    short: bool = False
    """Whether the phrase is so short that other words share its letters (`mac`)."""

    offers: frozenset[str] = frozenset()
    """The phrases, written together, that it gives as company."""

    said: str = ""
    """The name as sent, with its group's where that counted, for a reason."""

    key: str = ""
    """Tells this sense from those of other names and groups."""

    contextual: bool = False
    """Whether the name of the group in which the field stands could change this."""

    grouped: bool = False
    """Whether the field may be one of several that make one value together."""

    labels: bool = False
    """Whether the field's value may name others: the field beside it, as in `{"type": "imei", "value": …}`, or a column."""

    heads: bool = False
    """Whether the field may be a list of the names of columns."""

    marked: bool = False
    """Whether it is one of the names by which a known format is recognised at any host."""

    @property
    def silent(self) -> bool:
        """Whether the name says nothing of any kind."""
        return not (self.strong or self.hints or self.vague or self.shy or self.half or self.lists)


NOTHING: Final = NameSense()
