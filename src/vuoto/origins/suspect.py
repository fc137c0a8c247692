"""One package as the traces see it: where a word stands in it, and how rare that is in its build."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodeWord
from vuoto.origins.evidence import CodeSeen, Evidence, PackageSeen
from vuoto.origins.rarity import rate

MOST_HOLDINGS: Final = 32
"""Texts told per word and package."""

MAX_TEXT: Final = 4096
"""Characters of a text that are searched, as in the index."""

_TOKEN: Final = re.compile(r"\w+", re.ASCII)


class Holding(NamedTuple):
    """A text of the package in which a word stands."""

    text: str
    """The text."""

    how: str
    """What it is: `url`, `host`, `path`, `header` … of the code, `constant`, `field`, `resource`, `native`."""

    certainty: str
    """Of a text of the code; empty otherwise."""

    places: tuple[str, ...]
    """Methods or classes in DEX notation, or the file."""

    host: str | None = None
    """The host in it, or `None`."""


class Suspect:
    """A package that may have sent it."""

    def __init__(
        self,
        evidence: Evidence,
        number: int,
        mentions: Mapping[str, tuple[int, ...]],
        packages: int,
        having: Callable[[str, str], int],
        words: Sequence[CodeWord] = (),
        read: Callable[[int], ReadPackage] | None = None,
    ) -> None:
        """`words` of its code are those that were asked for; `read` gives all that is known of it, which takes longer."""
        self.evidence = evidence
        self._words = words
        self._read = read
        self._number = number
        self.packages = packages
        self._mentions = mentions
        self._having = having
        self._found: dict[str, list[Holding]] = {}

    @property
    def package(self) -> PackageSeen:
        """Its manifest, signers, libraries."""
        return self.evidence.package

    @property
    def code(self) -> CodeSeen | None:
        """What its code can do, or `None` where it has none."""
        return self.evidence.code

    def rate(self, word: str, guess: float) -> float:
        """How often another package of this build would hold the word."""
        return rate(len(self._mentions.get(word, ())), self.packages, guess)

    def having(self, what: str, value: str) -> int:
        """How many packages of the build have it: what is `reads`, `ways`, `started`, `shares` or `called`."""
        return self._having(what, value)

    def rate_of(self, what: str, value: str, guess: float) -> float:
        """How often another package would have it, as for `having`."""
        return rate(self._having(what, value), self.packages, guess)

    def share(self, word: str) -> str:
        """`in no other package`, `in 3 of 500 packages`."""
        count = len(self._mentions.get(word, ()))
        if self.packages <= 2:
            only = "in the only package that was given" if self.packages <= 1 else "in this one of the two packages"
            return "in the other package as well" if count > 1 else only
        return (
            f"in {count:,} of {self.packages:,} packages" if count > 1 else f"in none of the {self.packages - 1:,} other packages"
        )

    @cached_property
    def _texts(self) -> tuple[Holding, ...]:
        return tuple(self._holdings())

    def _holdings(self) -> Iterator[Holding]:
        if self.code is not None:
            for one in self.code.strings:
                places = tuple(p.method for p in one.places)
                yield Holding(one.value, one.kind, one.certainty, places, one.host)
                if one.host is not None and one.host not in one.value:
                    yield Holding(one.host, one.kind, one.certainty, places, one.host)
        for word in self._words:
            yield Holding(word.value, word.how, "", word.classes)
        for text in self.package.strings:
            yield Holding(text.value, "resource", "", (f"{text.path}:{text.name}" if text.name else text.path,))
        for library in self.package.native_libraries:
            for string in library.strings:
                yield Holding(string, "native", "", (library.path,))

    def holds(self, word: str, hows: Iterable[str] = ()) -> list[Holding]:
        """The texts in which the word stands between characters that belong to no word; of these kinds, or of any."""
        if self._number not in self._mentions.get(word, (self._number,)):
            return []  # the build knows that it does not stand here
        if word not in self._found:
            standing = (h for h in self._texts if word in h.text and stands(word, h.text[:MAX_TEXT]))
            self._found[word] = list(islice(standing, MOST_HOLDINGS))
        wanted = frozenset(hows)
        return [holding for holding in self._found[word] if not wanted or holding.how in wanted]

    @cached_property
    def sending(self) -> frozenset[str]:
        """Outermost classes in which a send is seen, or through which a way leads to one, in DEX notation without `;`."""
        code = self.code
        if code is None:
            return frozenset()
        methods = [s.place.method for s in code.sends]
        methods += [t.place.method for t in code.transforms if t.near_send]
        methods += [step.place.method for way in code.paths for step in way.steps]
        return frozenset(outermost(method) for method in methods)

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names of classes that are known to be in the package, in DEX notation."""
        code = self._read(self._number).code if self._read is not None else None
        if code is None:
            return frozenset()
        methods = [
            *(p.method for s in code.strings for p in s.places),
            *(r.place.method for r in code.reads),
            *(s.place.method for s in code.sends),
            *(t.place.method for t in code.transforms),
        ]
        names = {method.partition("->")[0] for method in methods}
        names.update(name for word in code.words for name in word.classes)
        names.update(one.name for one in code.prints)
        names.update(f"L{c.name.replace('.', '/')};" for c in self.package.components)
        return frozenset(names)


def outermost(place: str) -> str:
    """The class around all others in which a place lies, without `;`: `La/B` for `La/B$1;->run()V`."""
    return place.partition(";")[0].partition("$")[0]


def stands(word: str, text: str) -> bool:
    """Whether the word stands in the text between characters that belong to no word (letters, digits and `_` do)."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before = at == 0 or not (_TOKEN.match(text[at - 1]) and _TOKEN.match(word[0]))
        after = end == len(text) or not (_TOKEN.match(text[end]) and _TOKEN.match(word[-1]))
        if before and after:
            return True
        at = text.find(word, at + 1)
    return False
