"""Says in a sentence or two which code can have sent something and why, or why that cannot be said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vuoto.facts.origins import Attribution, Clue, Origin
from vuoto.reports.showing import listed, visible

MOST_CLUES: Final = 3
"""Clues in a sentence; the tables hold all."""

MOST_CHARACTERS: Final = 160
"""Characters of one clue in a sentence, so that the whole is read in one breath."""

MOST_PACKAGES: Final = 4
"""Candidates named in a sentence."""

NO_PROOF: Final = "Static presence is no proof of use."

FOUND_WORDS: Final = {
    "found": "found",
    "several": "several fit",
    "not-in-build": "not in this build",
    "undecided": "undecided",
}


def origins_of(attribution: Attribution, origins: Sequence[Origin]) -> list[Origin]:
    """The candidates of an answer, best first."""
    mine = [o for o in origins if o.recipient == attribution.recipient and o.disclosures == attribution.disclosures]
    order = {name: place for place, name in enumerate(attribution.packages)}
    return sorted((o for o in mine if o.package in order), key=lambda o: (-o.confidence, order[o.package], o.path or ""))


def said_of(attributions: Sequence[Attribution], origins: Sequence[Origin], recipient: str) -> list[str]:
    """The sentences on one recipient, for what was disclosed to it; the strongest answer first."""
    mine = [a for a in attributions if a.recipient == recipient and a.disclosures]
    mine.sort(key=lambda a: (list(FOUND_WORDS).index(a.outcome), -len(a.disclosures), -a.confidence, a.id))
    sentences: list[str] = []
    for attribution in mine[:2]:
        about = "this" if len(mine) == 1 else f"{'most' if attribution is mine[0] else 'a part'} of it"
        sentences += _sentences(attribution, origins_of(attribution, origins), about)
    if any(a.packages for a in mine[:2]):
        sentences.append(NO_PROOF)
    return sentences


def _sentences(attribution: Attribution, candidates: Sequence[Origin], about: str) -> list[str]:
    if attribution.outcome == "found" and candidates:
        best = candidates[0]
        place = f", class {visible(best.class_, 120)}" if best.class_ else ""
        who = f"The code that can have sent {about}: package {named(best)}{place} (confidence {best.confidence:.2f})."
        return [who, f"It {because(best.clues)}."]
    if attribution.outcome == "several":
        names = [f"{named(o)} ({o.confidence:.2f})" for o in candidates[:MOST_PACKAGES]]
        more = len(attribution.packages) - len(names)
        names += [f"{more} more"] if more > 0 else []
        count = f"{len(attribution.packages)} packages hold code that can have sent {about}"
        return [f"{count}, and what was seen does not tell them apart: {listed(names)}."]
    if attribution.outcome == "not-in-build":
        return [f"The code that sent {about} is not in this build: {_reasons(attribution)}"]
    weak = f"; it may be {listed([named(o) for o in candidates[:MOST_PACKAGES]])}" if candidates else ""
    return [f"Which code sent {about} is undecided{weak}: {_reasons(attribution)}"]


def _reasons(attribution: Attribution) -> str:
    first, *rest = [visible(reason) for reason in attribution.because] or ["nothing points to any."]
    return " ".join([f"{first[:1].lower()}{first[1:]}", *rest[:1]])


def named(origin: Origin) -> str:
    """`com.example.agent 1.2 (/system/priv-app/Agent/Agent.apk)`."""
    version = f" {visible(origin.version, 60)}" if origin.version else ""
    path = f" ({visible(origin.path, 160)})" if origin.path else " (named by the capture, not in a build)"
    return f"{visible(origin.package, 160)}{version}{path}"


def because(clues: Sequence[Clue]) -> str:
    """`holds the host …, holds the field names … and reads the IMEI`: the strongest clues, each trace once."""
    parts: dict[str, str] = {}
    for clue in clues:
        if clue.weight > 0 and clue.trace not in parts and len(parts) < MOST_CLUES:
            parts[clue.trace] = visible(clue.what.partition(", which stands")[0], MOST_CHARACTERS)
    return listed(list(parts.values())) or "was named"
