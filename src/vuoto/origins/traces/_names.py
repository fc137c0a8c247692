"""What the traces of names have in common: fields, parameters and headers are looked for in the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from vuoto.origins.rarity import guess_of_name
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import HIT, Sign, bits

MOST_NAMES: Final = 64
"""Names looked at per sighting, the rarest by form first."""

MOST_SHOWN: Final = 5
"""Names told in one clue."""

WORTH_TELLING: Final = 1.5
"""Bits below which a name tells packages so little apart that it is not told."""

DECAY: Final = 0.8
"""Each further name counts so much of the one before: names of one message stand in code together."""

MISSING: Final = -0.9
"""Per distinctive name that the code does not hold, up to `MOST_MISSING`: names are also renamed, joined, and in native code."""

MOST_MISSING: Final = 4

WHOLE: Final = 0.6
"""Share of the distinctive names that code holds, from which on they count in full: code that sends a message holds most of its
names, or hides them all. One in eight is a coincidence."""

MOST_BITS: Final = 25.0
"""Of all names of one message."""

DISTINCTIVE: Final = 0.03
"""First guess below which a name is distinctive."""


def chosen(names: Sequence[str]) -> list[str]:
    """The names that are looked for: longer than one character, the most telling first."""
    return sorted((n for n in set(names) if 1 < len(n) <= 64), key=lambda n: (guess_of_name(n), n))[:MOST_NAMES]


def find(names: Sequence[str], suspect: Suspect, *, hows: tuple[str, ...], called: str, group: str) -> Iterator[Sign]:
    """One sign for all names that stand in the package, and one for those that do not."""
    weighed: list[tuple[float, str, tuple[str, ...], bool]] = []
    missing = 0
    for name in chosen(names):
        worth = bits(HIT, suspect.rate(name, guess_of_name(name)))
        if worth < WORTH_TELLING and guess_of_name(name) > DISTINCTIVE:
            continue
        holdings = suspect.holds(name, hows)
        exact = [h for h in holdings if h.text == name or h.how in ("resource", "native", "url", "path")]
        guess = guess_of_name(name)
        if not exact:
            missing += guess <= DISTINCTIVE
            continue
        if worth >= WORTH_TELLING:
            places = tuple(dict.fromkeys(place for h in exact for place in h.places))
            weighed.append((worth, name, places, all(h.how == "field" for h in exact)))
    weighed.sort(key=lambda one: (-one[0], one[1]))
    if weighed:
        distinctive = sum(guess_of_name(name) <= DISTINCTIVE for _, name, _, _ in weighed)
        share = distinctive / (distinctive + missing) if distinctive + missing else 1.0
        total = sum(worth * DECAY**n for n, (worth, _, _, _) in enumerate(weighed)) * min(1.0, share / WHOLE) ** 2
        total += MISSING * min(missing, MOST_MISSING) * (1 - share)
        shown = ", ".join(name for _, name, _, _ in weighed[:MOST_SHOWN])
        more = f" and {len(weighed) - MOST_SHOWN} more" if len(weighed) > MOST_SHOWN else ""
        model = " as fields of a class that looks like a serialised model" if all(m for _, _, _, m in weighed) else ""
        lacking = f"; {missing} distinctive ones of the message are not in it" if missing else ""
        yield Sign(
            what=f"holds the {called} {shown}{more}{model}{lacking}",
            bits=min(total, MOST_BITS),
            group=group,
            places=_places(weighed),
        )
    elif missing:
        count = "the only distinctive name" if missing == 1 else f"none of {missing} distinctive names"
        verb = "does not hold" if missing == 1 else "holds"
        yield Sign(what=f"{verb} {count} of the {called}", bits=MISSING * min(missing, MOST_MISSING), group=f"{group} missing")


def _places(weighed: list[tuple[float, str, tuple[str, ...], bool]]) -> tuple[str, ...]:
    """Classes by how many of the names stand in them."""
    counts: dict[str, float] = {}
    for worth, _, places, _ in weighed:
        for place in places:
            counts[place] = counts.get(place, 0.0) + worth / len(places)
    return tuple(sorted(counts, key=lambda place: (-counts[place], place)))
