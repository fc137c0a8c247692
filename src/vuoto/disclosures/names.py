"""What a field's name says: which kinds it means, which it may mean, and which names it keeps company with.

A name is split into words (`SIM2LTEIMSI` → sim 2 lteimsi, `X-Device-Imei` → x device imei) and matched as a sequence of words,
never as a part of a word: `immediate`, `machine` and `latency` hold no identifier. A phrase counts where all other words of the
name are neutral (`deviceImei`, `IMEI1`); `imei_count` and `hasImei` are not about an IMEI's value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from vuoto.disclosures.identifier import Identifier, Reading
from vuoto.disclosures.name_sense import NOTHING, NameSense
from vuoto.disclosures.name_words import (
    ABOUT,
    ELSEWHERE,
    HEADINGS,
    IN_LIST,
    LABELS,
    LONGEST_NAME,
    MACHINES,
    NEUTRAL,
    PEELED,
    PLACES,
    SLOTS,
    are_neutral,
    group_of,
    split_name,
)

MOST_NAMES: Final = 65_536
"""Names remembered; hostile traffic can make each name new. Beyond it the memory starts afresh."""

MOST_COMPANIES: Final = 4_096
"""Lists of names remembered; beyond it the memory starts afresh."""

MOST_TOGETHER: Final = 256
"""Names of one layer whose company is remembered; a document with more is rarely sent twice."""

LONGEST_GLUED: Final = 16
"""Letters of a word in which a phrase may be written together with others; all its beginnings and ends are looked at."""

SHORTEST_PEELED: Final = 4
"""Letters that must be left after a neutral word was taken off; below it words of the language would be cut up."""

_DEVICE: Final = "deviceid"
_HASHED: Final = re.compile(r"md5|sha_?-?(?:1|2|256|512)|hash|digest", re.IGNORECASE)


class NameBook:
    """All names of all identifiers, and the memory of what each name in the traffic says."""

    def __init__(self, identifiers: Sequence[Identifier], marked: frozenset[str] = frozenset()) -> None:
        self._marked = marked
        self._phrases: dict[str, dict[str, list[Identifier]]] = {}
        self._halves: dict[str, tuple[Identifier, int]] = {}
        self._anywhere: dict[str, list[Identifier]] = {}
        self._readings: dict[str, Callable[[str], Reading | None]] = {}
        self._company: set[str] = set()
        self._endings: set[str] = set()
        self.alone: dict[str, NameSense] = {}
        """Names met so far, without their group; for a caller's fast path."""
        self._offers: dict[tuple[str, ...], Mapping[str, frozenset[str]]] = {}
        self._within: dict[tuple[str, str], NameSense] = {}
        self._at: dict[tuple[str, str], NameSense] = {}
        for identifier in identifiers:
            for role in ("names", "hints", "vague", "shy"):
                for phrase in getattr(identifier, role):
                    self._mean(phrase, role, identifier)
            for notation in identifier.notations:
                for phrase in notation.names:
                    self._mean(phrase, "names", identifier)
                    self._readings["".join(phrase.split())] = notation.read
            for phrase in identifier.never:
                self._add(phrase)
            for phrase in identifier.anywhere:
                self._anywhere.setdefault(phrase.replace(" ", ""), []).append(identifier)
            self._company.update(phrase.replace(" ", "") for phrase in (*identifier.company, *identifier.strangers))
            for half, phrases in enumerate(identifier.halves or ()):
                for phrase in phrases:
                    self._halves[phrase.replace(" ", "")] = (identifier, half)

    def _mean(self, phrase: str, role: str, identifier: Identifier) -> None:
        """Note that a phrase means a kind; once, though it may be written together and apart."""
        meant = self._add(phrase).setdefault(role, [])
        if identifier not in meant:
            meant.append(identifier)

    def _add(self, phrase: str) -> dict[str, list[Identifier]]:
        words = phrase.split()
        self._endings.update("".join(words[i:]) for i in range(1, len(words)))
        return self._phrases.setdefault("".join(words), {})

    def sense(self, name: str, pointer: str) -> NameSense:
        """What `name` says at `pointer`. Remembered; the pointer is looked at only where the group's name could matter."""
        found = self.alone.get(name)
        if found is None:
            if len(self.alone) >= MOST_NAMES:
                self.alone.clear()
            found = self._read(split_name(name), (), name) if len(name) <= LONGEST_NAME else NOTHING
            if name in self._marked:
                found = found._replace(marked=True)
            if name.lower() in LABELS:
                found = found._replace(labels=True)
            if name.lower() in HEADINGS:
                found = found._replace(labels=True, heads=True)
            self.alone[name] = found
        if not found.contextual:
            return found
        place = (name, pointer)
        at = self._at.get(place)
        if at is None:
            if len(self._at) >= MOST_NAMES:
                self._at.clear()
            at = self._at[place] = self._in_group(found, name, group_of(pointer))
        return at

    def offers(self, names: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
        """The phrases that fields of these names offer each other as company, each with the names that offer it. Remembered."""
        known = self._offers.get(names)
        if known is None:
            by_phrase: dict[str, set[str]] = {}
            for name in set(names):
                for phrase in (self.alone.get(name) or self.sense(name, "")).offers:
                    by_phrase.setdefault(phrase, set()).add(name)
            known = {phrase: frozenset(by) for phrase, by in by_phrase.items()}
            if len(names) <= MOST_TOGETHER:
                if len(self._offers) >= MOST_COMPANIES:
                    self._offers.clear()
                self._offers[names] = known
        return known

    def is_telling(self, name: str) -> bool:
        """Whether a field of this name may hold a person's address though the name does not say so: machines have names too."""
        return bool(name) and MACHINES.isdisjoint(split_name(name))

    def _in_group(self, found: NameSense, name: str, group: str) -> NameSense:
        if not group:
            return found
        key = (name, group)
        within = self._within.get(key)
        if within is None:
            if len(self._within) >= MOST_NAMES:
                self._within.clear()
            words = split_name(name)
            listed = split_name(group.removesuffix(IN_LIST) + " list") if group.endswith(IN_LIST) else ()
            sense = self._read(words, listed, name) if self._with_group(words, listed) else NOTHING
            if sense is NOTHING:
                sense = self._read(words, split_name(group), name)
            within = self._within[key] = sense._replace(
                key=f"{name}\0{group}", marked=found.marked, labels=found.labels, heads=found.heads, offers=found.offers
            )
        return within

    def _read(self, words: tuple[str, ...], group: tuple[str, ...], name: str) -> NameSense:
        if not words:
            return NOTHING
        contextual = not group and (
            "".join(words) in self._endings or "".join(w for w in words if not w.isdigit()) in self._endings
        )
        tells_apart = not SLOTS.isdisjoint(words) and all(w in SLOTS or w.isdigit() for w in words)
        contextual = contextual or (tells_apart and not group)
        offers = self._offered(words)
        hashed = _HASHED.search(name) is not None
        half = self._half(words)
        if half is not None:
            return NameSense(half=half, grouped=True, offers=offers, said=name, key=name, contextual=contextual)
        by_group = self._with_group(words, group)
        phrase = by_group or self._phrase(words) or self._phrase(self._peel(words))
        if tells_apart and group and (phrase is None or "names" not in self._phrases[phrase]):
            of_group = self._several(group, f"{'_'.join(group)}/{name}", offers, contextual=contextual)
            if of_group.hints:
                own = self._phrases[phrase].get("hints", []) if phrase is not None else []
                return of_group._replace(hints=tuple(dict.fromkeys((*of_group.hints, *own))))
        if phrase is None and len(words[-1]) >= SHORTEST_PEELED and words[-1].endswith("s"):
            several = self._several((*words[:-1], words[-1][:-1]), name, offers, contextual=contextual)
            if several.hints:
                return several
        if phrase is None:
            within = self._inside(words)
            if within or offers or contextual:
                return NameSense(
                    hints=() if hashed else within,
                    strong=tuple(i for i in within if i.hashed and i.kind != "email") if hashed else (),
                    hashed=hashed,
                    offers=offers,
                    said=name if within else "",
                    key=name if within else "",
                    contextual=contextual,
                )
            return NOTHING
        roles = self._phrases[phrase]
        strong, shy = roles.get("names", []), roles.get("shy", [])
        return NameSense(
            strong=tuple(strong),
            hints=tuple(roles.get("hints", ())),
            vague=tuple(roles.get("vague", ())),
            shy=tuple(shy),
            read=self._readings.get(phrase),
            company=frozenset(phrase.replace(" ", "") for i in shy for phrase in i.company),
            strangers=frozenset(phrase.replace(" ", "") for i in (*strong, *shy) for phrase in i.strangers),
            estranged=tuple(i.kind for i in (*strong, *shy) if i.strangers),
            lists=tuple(i for i in (*strong, *roles.get("hints", ())) if i.lists),
            grouped=any(i.lists for i in (*strong, *roles.get("hints", ()))) or any(i.halves for i in strong),
            hashed=hashed,
            short=len(phrase) < SHORTEST_PEELED,
            offers=offers,
            said=name,
            key=name,
            contextual=contextual,
        )

    def _several(self, words: tuple[str, ...], name: str, offers: frozenset[str], *, contextual: bool) -> NameSense:
        """A plural: the members of a list may each be one (`imeis`), or it counts them (`emails: 12`): the check decides."""
        phrase = self._phrase(words) or self._phrase(self._peel(words))
        strong = self._phrases[phrase].get("names", []) if phrase is not None else []
        if not strong:
            return NameSense(offers=offers, contextual=contextual) if offers or contextual else NOTHING
        return NameSense(hints=tuple(strong), offers=offers, said=name, key=name, contextual=contextual)

    def _phrase(self, words: tuple[str, ...]) -> str | None:
        best: str | None = None
        for i in range(len(words)):
            for j in range(len(words), i, -1):
                joined = "".join(words[i:j])
                if joined in self._phrases and (best is None or len(joined) > len(best)) and are_neutral(words[:i] + words[j:]):
                    best = joined
        return best

    def _inside(self, words: tuple[str, ...]) -> tuple[Identifier, ...]:
        """The kinds of the longest phrase of `anywhere` among the words, or in one of them (`pimei`)."""
        best = 0
        found: dict[Identifier, None] = {}
        if not ABOUT.isdisjoint(words):
            return ()
        for i in range(len(words)):
            pieces = ["".join(words[i:j]) for j in range(len(words), i, -1)]
            if SHORTEST_PEELED < len(words[i]) <= LONGEST_GLUED:
                cuts = range(1, len(words[i]) - SHORTEST_PEELED + 1)
                pieces += [p for cut in cuts for p in (words[i][cut:], words[i][:-cut]) if len(p) >= SHORTEST_PEELED]
            for piece in pieces:
                if len(piece) >= best and piece in self._anywhere:
                    if piece == _DEVICE and not ELSEWHERE.isdisjoint(words):
                        continue
                    found = found if len(piece) == best else {}
                    best = len(piece)
                    found |= dict.fromkeys(self._anywhere[piece])
        return tuple(found)

    def _with_group(self, words: tuple[str, ...], group: tuple[str, ...]) -> str | None:
        plain = tuple(w for w in words if not w.isdigit())
        for start in range(len(group)):
            for ends in (words, plain):
                joined = "".join(group[start:] + ends)
                if joined in self._phrases:
                    return joined
        if group and group[-1].endswith("s"):
            return self._with_group(words, (*group[:-1], group[-1][:-1]))
        return None

    def _peel(self, words: tuple[str, ...]) -> tuple[str, ...]:
        peeled: list[str] = []
        for word in words:
            for neutral in PEELED:
                rest = word.removeprefix(neutral)
                if rest == word:
                    rest = word.removesuffix(neutral)
                if rest != word and len(rest) >= SHORTEST_PEELED and rest in self._phrases:
                    peeled.append(rest)
                    break
            else:
                peeled.append(word)
        return tuple(peeled)

    def _half(self, words: tuple[str, ...]) -> tuple[Identifier, int, str] | None:
        for i in range(len(words)):
            for j in range(len(words), i, -1):
                found = self._halves.get("".join(words[i:j]))
                if found is not None and all(w in NEUTRAL or w.isdigit() or w in PLACES for w in words[:i] + words[j:]):
                    return (*found, " ".join(words[:i]) + "|" + " ".join(words[j:]))
        return None

    def _offered(self, words: tuple[str, ...]) -> frozenset[str]:
        found = set()
        for candidate in (words, self._peel(words)):
            for i in range(len(candidate)):
                for j in range(len(candidate), i, -1):
                    joined = "".join(candidate[i:j])
                    if joined in self._company and are_neutral(candidate[:i] + candidate[j:]):
                        found.add(joined)
        return frozenset(found)
