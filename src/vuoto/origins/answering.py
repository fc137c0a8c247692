"""What can be said of one sighting: the answer, its candidates as facts, and the reasons in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vuoto.facts.app_tags import read_tag
from vuoto.facts.origins import Clue, Found, Origin, Sighting
from vuoto.origins.detective import Detective, Looked, Weighed
from vuoto.origins.places import best_class, shown_class, spread
from vuoto.origins.suspect import Suspect
from vuoto.origins.traces.capture_app_tag import is_label

REACH: Final = 8.0
"""A candidate is shown beside the best where it is at least this part as likely: three bits."""

ENOUGH: Final = 0.5
"""That some candidate sent it, from which on the candidates are the answer."""

SPECIFIC: Final = 4.0
"""Bits of the best candidate's strongest sign that is no general one (`detective.GENERAL`), without which there is no answer."""

SURELY_NOT: Final = 0.75
"""That no package of the build sent it, from which on "not in this build" is the answer."""

WORTH_SHOWING: Final = 0.1
"""Confidence of a candidate from which on it is listed although the answer is undecided."""

MOST_SHOWN: Final = 12
"""Candidates listed per answer."""

MOST_HOLDERS: Final = 3
"""Packages told that hold a word and are still no answer."""

MOST_PLACES: Final = 12
"""Places told per clue."""

SOON: Final = 600.0
"""Seconds after the device's first sign within which the time is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What can be said of one sighting."""

    sighting: Sighting
    outcome: Found
    confidence: float
    origins: tuple[Origin, ...]
    because: tuple[str, ...]


def answer(detective: Detective, sighting: Sighting) -> Answer:
    """The answer: see `facts.origins.Found` for what each means."""
    looked = detective.look(sighting)
    sure = looked.odds.each
    order = sorted(sure, key=lambda number: (-sure[number], number))
    best = sure[order[0]] if order else 0.0
    within = [number for number in order if sure[number] * REACH >= best]
    outcome: Found
    if looked.odds.candidates >= ENOUGH and looked.specific[order[0]] >= SPECIFIC:
        outcome, shown = ("found" if len(within) == 1 else "several"), within
    else:
        shown = [number for number in within if sure[number] >= WORTH_SHOWING]
        able = detective.able(sighting)
        hopeless = not shown and not able and looked.odds.none >= SURELY_NOT and detective.build is not None
        hopeless = hopeless and not detective.everywhere(sighting) and not any(map(_could, looked.weighed.values()))
        outcome = "not-in-build" if hopeless else "undecided"
    origins = tuple(_origin(detective, sighting, looked, number) for number in shown[:MOST_SHOWN])
    confidence = best if shown else looked.odds.none if outcome == "not-in-build" else 0.0
    holders = _holders(looked, set(shown)) if outcome in ("not-in-build", "undecided") else []
    because = _reasons(detective, sighting, outcome, origins, len(shown), holders)
    return Answer(sighting=sighting, outcome=outcome, confidence=round(confidence, 3), origins=origins, because=tuple(because))


def _origin(detective: Detective, sighting: Sighting, looked: Looked, number: int) -> Origin:
    suspect: Suspect = looked.suspects[number]
    weighed: Weighed = looked.weighed[number]
    package = suspect.package
    place = best_class([(sign.places, weight) for _, sign, weight in weighed], package.name)
    return Origin(
        disclosures=sighting.disclosures,
        package=package.name or package.path.rpartition("/")[2],
        version=package.version_name or (str(package.version_code) if package.version_code is not None else None),
        path=package.path if number < detective.count else None,
        class_=shown_class(place.name) if place.name else None,
        clues=tuple(
            Clue(trace=name, what=sign.what, weight=round(weight, 2), places=spread(sign.places, place.name)[:MOST_PLACES])
            for name, sign, weight in weighed
        ),
        confidence=round(looked.odds.each[number], 3),
        recipient=sighting.recipient,
        method=place.method,
        classes=tuple(shown_class(name) for name in place.others),
        steps=next((sign.steps for _, sign, weight in weighed if sign.steps and weight > 0), ()),
    )


def _reasons(
    detective: Detective, sighting: Sighting, outcome: Found, origins: Sequence[Origin], shown: int, holders: Sequence[str]
) -> list[str]:
    count = f"{detective.count:,} package" + ("" if detective.count == 1 else "s")
    reasons: list[str] = []
    if outcome == "found":
        reasons.append(f"One package stands out among {count}." if origins[0].path else "The capture itself names it.")
    elif outcome == "several":
        reasons.append(f"{shown} packages fit about as well as each other; what was seen does not tell them apart.")
    elif detective.build is None:
        reasons.append("No build was given to search.")
    elif origins:
        reasons.append("What points to it is weak." if len(origins) == 1 else "What points to them is weak.")
        reasons += holders
    elif many := detective.everywhere(sighting):
        reasons.append(f"The host, its domain or its address stands in {many:,} of {count}, which does not tell them apart.")
    else:
        missed = _missed(detective, sighting)
        chance = "" if holders else " by more than chance"
        start = "No other package points to it" if holders else f"Nothing in {count} points to it"
        reasons += [*holders, f"{start}{f': {missed}' if missed else chance}."]
    if outcome == "undecided" and detective.build is not None:
        reasons += _unseen(detective, sighting)
    if detective.build is not None and any(origin.path is None for origin in origins):
        named = next(origin.package for origin in origins if origin.path is None)
        if any(is_label(tag) and tag.label == named for tag in map(read_tag, sighting.apps)):
            reasons.append(
                f"The capture names {named}, and no package of this build is called so in the language that it tells; it may be "
                "called otherwise in the phone's."
            )
        else:
            reasons.append(f"The capture names {named}, which is not among the {count} of this build.")
    if sighting.started and sighting.seconds is not None and sighting.seconds <= SOON:
        reasons.append(
            f"The first of these messages came {sighting.seconds:.0f} s after {sighting.since}. Devices do that when they are "
            "switched on and when they change networks; which of the two it was, the capture does not say."
        )
    return reasons


def _could(weighed: Weighed) -> bool:
    """Whether a package that can send holds the host, its domain or an address: it may have sent it, whatever else it lacks."""
    groups = {sign.group for _, sign, _ in weighed}
    return "address" in groups and "access missing" not in groups


def _holders(looked: Looked, shown: set[int]) -> list[str]:
    """Packages that hold the host or another word of the message and are not listed, and what speaks against them."""
    told = []
    for number in sorted(looked.weighed, key=lambda n: (-looked.specific.get(n, 0.0), n)):
        weighed = looked.weighed[number]
        telling = [sign for _, sign, bits in weighed if bits > 0 and sign.group == "address"]
        against = [sign.what for _, sign, bits in reversed(weighed) if bits < 0]
        if number not in shown and telling and against:
            package = looked.suspects[number].package
            told.append(f"{package.name or package.path} {telling[0].what}, but {' and '.join(against[:2])}.")
    return list(dict.fromkeys(told))[:MOST_HOLDERS]


def _unseen(detective: Detective, sighting: Sighting) -> list[str]:
    """Why it cannot be said that it is not there."""
    reasons = []
    hidden = detective.hidden
    if able := detective.able(sighting):
        more = f" and {len(able) - 1:,} more" if len(able) > 1 else ""
        verb = "reads" if len(able) == 1 else "read"
        reasons.append(f"{able[0]}{more} {verb} all that was sent and can send it, but would have to hide its words.")
    if hidden.unread:
        first = min(hidden.unread.values())
        more = f" and {len(hidden.unread) - 1:,} more" if len(hidden.unread) > 1 else ""
        reasons.append(f"The code of {first}{more} could not be read, and may hold it.")
    parts = [
        f"{len(those):,} {'package has' if len(those) == 1 else 'packages have'} {what}"
        for those, what in ((hidden.native, "native code that sends"), (hidden.loads, "code that loads more code"))
        if those
    ]
    if parts:
        reasons.append(f"{' and '.join(parts)}: what is in there was not searched for words.")
    if not (sighting.fields or sighting.parameters or sighting.kinds):
        reasons.append("Only the outside of these conversations could be seen, which gives little to look for.")
    return reasons


def _missed(detective: Detective, sighting: Sighting) -> str:
    """What of the message stands in no package: half a sentence; empty where all of it stands somewhere."""
    kinds = (
        ("the host", [sighting.host] if sighting.host else []),
        ("the path", [path for path in sighting.paths if path.strip("/")]),
        ("the names of the fields", [*sighting.fields, *sighting.parameters]),
    )
    asked = [(what, words) for what, words in kinds if words] or [("the address", list(sighting.addresses))]
    names = [what for what, words in asked if not any(detective.holders(word) for word in words)]
    if not names:
        return ""
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{joined} {'stand' if len(names) > 1 or 'names' in joined else 'stands'} in none of them"
