"""The plug-in type of what is compared between two states of a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.changes import Change, Concern, Direction
from vuoto.facts.code import CodePlace, place_order
from vuoto.firmware.comparing.resemblance import Resemblance

MAX_PLACES: Final = 8
"""Places that a change shows: who wants all looks into the build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A package before and now."""

    old: ReadPackage | None
    """Before; `None` for one that is new."""

    new: ReadPackage
    """Now."""

    resemblance: Resemblance | None = field(default=None)
    """How the classes of the two belong together; `None` for a package that is new."""

    def change(
        self,
        aspect: str,
        direction: Direction,
        concern: Concern,
        subject: str,
        says: str,
        *,
        before: str | None = None,
        after: str | None = None,
        places: Sequence[CodePlace] = (),
    ) -> Change:
        """A change of this package."""
        package = self.new.package
        return make_change(
            aspect, direction, concern, subject, says, package.name, package.path, before=before, after=after, places=places
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One thing that is compared. Exported as `ASPECT` by one file of `comparing/aspects`."""

    makes: tuple[str, ...]
    """What its changes are called: `host`."""

    compares: str
    """Half a sentence for the reference: what counts as a change, and what does not."""

    compare: Callable[[Pair], Iterable[Change]]
    """The changes of one package. A package that is new is compared with nothing."""


def make_change(
    aspect: str,
    direction: Direction,
    concern: Concern,
    subject: str,
    says: str,
    package: str | None,
    path: str,
    *,
    before: str | None = None,
    after: str | None = None,
    places: Sequence[CodePlace] = (),
) -> Change:
    """A change with its id, which is made of what it says and not of where in the code it is."""
    told = "\x1f".join((aspect, direction, package or path, subject, before or "", after or ""))
    ordered = sorted(set(places), key=place_order)
    return Change(
        id=blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        aspect=aspect,
        direction=direction,
        concern=concern,
        package=package,
        path=path,
        subject=subject,
        says=says,
        before=before,
        after=after,
        places=tuple(ordered[:MAX_PLACES]),
    )
