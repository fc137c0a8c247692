"""How much of one package's code is in another, whatever its classes are called there.

Two measures, of what `vuoto.firmware.code.prints` keeps. *Classes*: how many classes have a class of the same print over there;
exact, and lost when R8 moves code from class to class. *Features*: how many of the texts, framework calls and constants are over
there at all; survives that. Neither says which was made from which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import ClassPrint

FEWEST_FEATURES: Final = 24
"""Features below which nothing is said of a package: any two small apps share that many."""

SAME_CODE: Final = 0.9
"""Share of the rare features from which two packages are called the same code."""

TOGETHER: Final = 4
"""Features of the sought package that a class must hold for them to count. A large app holds one of nearly every framework call
somewhere; that several rare ones stand together in one class is what code in common looks like."""

SLIGHT: Final = 0.1
"""Share below which the classes are not looked through one by one."""

LIKE_CODE: Final = 0.5
"""Share of the rare features from which a package is called alike. Unrelated apps of one trade stay below a fifth."""


class Code:
    """The prints of one package, ready to be compared."""

    def __init__(self, prints: Iterable[ClassPrint]) -> None:
        self.prints = tuple(prints)

    @cached_property
    def by_name(self) -> dict[str, ClassPrint]:
        """By class."""
        return {one.name: one for one in self.prints}

    @cached_property
    def by_print(self) -> dict[str, str]:
        """The first class of each print that tells."""
        found: dict[str, str] = {}
        for one in self.prints:
            if one.print:
                found.setdefault(one.print, one.name)
        return found

    @cached_property
    def features(self) -> frozenset[int]:
        """Features of all classes."""
        return frozenset().union(*(one.features for one in self.prints))


def code_of(read: ReadPackage | None) -> Code:
    """The prints of a package; none where it has no code."""
    return Code(read.code.prints if read is not None and read.code is not None else ())


class Resemblance:
    """How the classes of two states of a package belong together."""

    def __init__(self, old: Code, new: Code) -> None:
        self.old, self.new = old, new

    def counterpart(self, name: str) -> str | None:
        """The class of the newer state that `name` of the older is, by print, else by name; or `None`."""
        known = self.old.by_name.get(name)
        if known is not None and known.print in self.new.by_print:
            return self.new.by_print[known.print]
        return name if name in self.new.by_name else None

    def still_there(self, names: Iterable[str]) -> bool:
        """Whether all these classes of the older state are in the newer one, perhaps under other names or in other classes."""
        wanted = set(names)
        return bool(wanted) and all(self._is_there(name) for name in wanted)

    def _is_there(self, name: str) -> bool:
        known = self.old.by_name.get(name)
        if known is None or not known.print:
            return False
        if known.print in self.new.by_print:
            return True
        shared = sum(feature in self.new.features for feature in known.features)
        return shared >= SAME_CODE * len(known.features)


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """How much of one package's own code is in another."""

    features: int
    """Features of it that count: rare ones, none of a library's that others hold too."""

    found: int
    """Those of them that are in the other."""

    classes: int
    """Classes of it with a print of its own."""

    found_classes: int
    """Those of them that the other holds."""

    @property
    def share(self) -> float:
        """Share of the features, 0 to 1."""
        return self.found / self.features if self.features else 0.0

    @property
    def tells(self) -> bool:
        """Whether there are enough features to say anything."""
        return self.features >= FEWEST_FEATURES

    def words(self) -> str:
        """`92 % of 340 features, 41 of 44 classes`."""
        return f"{self.share:.0%} of {self.features:,} features, {self.found_classes:,} of {self.classes:,} classes".replace(
            "%", " %"
        )


class Sought:
    """A package that is looked for in others, with what makes it different from everything else that is known."""

    def __init__(self, code: Code, common: Collection[int] = frozenset(), common_prints: Collection[str] = frozenset()) -> None:
        rare = _together(code, code.features.difference(common))
        # A package made of nothing but a library is that library: then all it has must do.
        self.features = rare if len(rare) >= FEWEST_FEATURES else _together(code, code.features)
        own = set(code.by_print).difference(common_prints)
        self.prints = frozenset(own or code.by_print)

    def containment(self, other: Code) -> Containment:
        """How much of it is in `other`."""
        found = self.shared(other)
        return Containment(
            features=len(self.features),
            found=len(found),
            classes=len(self.prints),
            found_classes=len(self.prints & other.by_print.keys()),
        )

    def shared(self, other: Code) -> frozenset[int]:
        """Those of its features that are in `other`, and stand together there."""
        found = self.features & other.features
        return _together(other, found) if len(found) >= SLIGHT * len(self.features) else frozenset()


def _together(code: Code, features: frozenset[int]) -> frozenset[int]:
    """Those of `features` that stand with enough others in one class of `code`."""
    shared = (features.intersection(one.features) for one in code.prints)
    return frozenset().union(*(found for found in shared if len(found) >= TOGETHER))
