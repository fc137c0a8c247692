"""Traces all sightings, and joins equal answers of one recipient."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from vuoto.facts.origins import Attribution, Origin, Sighting, Tracing
from vuoto.facts.problems import Problem
from vuoto.origins.answering import Answer, answer
from vuoto.origins.build import Build
from vuoto.origins.detective import Detective

MOST_SIGHTINGS: Final = 1_000
"""Sightings that are traced, those with disclosures first; a phone speaks with some hundred recipients an hour."""


def trace_origins(sightings: Sequence[Sighting], build: Build | None) -> Tracing:
    """The code that may have sent what was sighted. Without a build, only what the capture or a recorder names."""
    ranked = sorted(sightings, key=lambda s: (not s.disclosures, s.recipient, s.paths, s.agents, s.flows))
    chosen = ranked[:MOST_SIGHTINGS]
    detective = Detective(build, chosen)
    detective.prepare(chosen)
    answers = [answer(detective, sighting) for sighting in chosen]
    problems = []
    if len(ranked) > len(chosen):
        what = f"only the first {len(chosen):,} of {len(ranked):,} kinds of messages were joined to code"
        problems.append(Problem(where="origins", what=what, next_step="Cut the capture into parts"))
    origins, attributions = _joined(answers)
    return Tracing(origins=tuple(origins), attributions=tuple(attributions), build=detective.searched(), problems=tuple(problems))


def _joined(answers: Sequence[Answer]) -> tuple[list[Origin], list[Attribution]]:
    """Answers of one recipient that name the same packages and classes are one."""
    groups: dict[tuple[object, ...], list[Answer]] = {}
    for one in answers:
        key = (one.sighting.recipient, one.outcome, tuple(sorted((o.package, o.path or "") for o in one.origins)))
        groups.setdefault(key, []).append(one)
    origins: list[Origin] = []
    attributions: list[Attribution] = []
    for group, members in groups.items():
        best = max(members, key=lambda a: (a.confidence, len(a.sighting.disclosures)))
        disclosures = tuple(sorted({d for a in members for d in a.sighting.disclosures}))
        mine = [replace(origin, disclosures=disclosures) for origin in best.origins]
        origins += mine
        attributions.append(
            Attribution(
                id="a-" + hashlib.sha256(repr((group, disclosures)).encode("utf-8", "surrogatepass")).hexdigest()[:12],
                recipient=best.sighting.recipient,
                disclosures=disclosures,
                outcome=best.outcome,
                confidence=best.confidence,
                packages=tuple(o.package for o in mine),
                because=tuple(best.because),
            )
        )
    attributions.sort(key=lambda a: (not a.disclosures, a.recipient, -a.confidence, a.id))
    origins.sort(key=lambda o: (not o.disclosures, o.recipient, o.disclosures, -o.confidence, o.package, o.path or ""))
    return origins, attributions
