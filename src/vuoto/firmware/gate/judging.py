"""Asks every rule, lays the waivers over what they find, and draws the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Final

from vuoto.facts.gates import GATE_OUTCOMES, GateFinding, GateOutcome, GateVerdict, RuleAnswer, Waiver, WaiverUse
from vuoto.facts.problems import Problem
from vuoto.firmware.comparing.comparison import compared
from vuoto.firmware.gate.question import Question
from vuoto.firmware.gate.rule import Rule
from vuoto.seams import plugins

LIMITS: Final = (
    "Static presence is no proof of use, and a build that passes may still send what nobody declared: look at captures as well",
    "Code that is encrypted, downloaded or native is seen by the texts in it alone",
)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by name."""
    return tuple(sorted(plugins("vuoto.firmware.gate.rules", Rule, "RULE"), key=lambda rule: rule.name))


def rule_names() -> tuple[str, ...]:
    """The names that a waiver may use."""
    return tuple(rule.name for rule in rules())


def judge(question: Question, waivers: Sequence[Waiver], as_of: date, problems: Iterable[Problem] = ()) -> GateVerdict:
    """The answer. `as_of` is the day on which waivers must hold; `problems` are those of reading what was given."""
    found: list[GateFinding] = []
    for rule in rules():
        unique = {one.id: one for one in rule.judge(question)}
        found += unique.values()
    standing = [_waived(one, waivers, as_of) for one in found]
    answers = []
    for rule in rules():
        rows = [one for one in standing if one.rule == rule.name]
        answers.append(
            RuleAnswer(
                rule=rule.name,
                asks=rule.asks,
                outcome=_worst(rows),
                findings=len(rows),
                note=rule.note(question),
                remedy=rule.remedy,
            )
        )
    return GateVerdict(
        build=compared(question.build),
        variant=question.variant.key,
        declaration=question.declaration.version,
        baseline=compared(question.baseline) if question.baseline is not None else None,
        others=tuple(f"{build.name} ({question.variant_of(build.build) or 'variant not known'})" for build in question.others),
        as_of=as_of.isoformat(),
        outcome=_worst(standing),
        rules=tuple(answers),
        findings=tuple(sorted(standing, key=_reading_order)),
        waivers=tuple(_use(waiver, found, standing, as_of) for waiver in waivers),
        limits=LIMITS,
        problems=tuple(problems),
    )


def covers(waiver: Waiver, found: GateFinding) -> bool:
    """Whether a waiver speaks of a finding, whatever day it is."""
    return (
        waiver.rule == found.rule
        and (waiver.package is None or waiver.package in (found.package, found.path))
        and (waiver.subject is None or waiver.subject.lower() == found.subject.lower())
    )


def _waived(found: GateFinding, waivers: Sequence[Waiver], as_of: date) -> GateFinding:
    number = next((w.number for w in waivers if covers(w, found) and as_of <= w.expires), None)
    return replace(found, waiver=number)


def _worst(found: Iterable[GateFinding]) -> GateOutcome:
    return min((one.outcome for one in found if one.waiver is None), key=GATE_OUTCOMES.index, default="passed")


def _use(waiver: Waiver, found: Sequence[GateFinding], standing: Sequence[GateFinding], as_of: date) -> WaiverUse:
    spoken = [one for one in found if covers(waiver, one)]
    about = f"waiver {waiver.number} of {waiver.owner} ({waiver.rule})"
    if spoken and as_of > waiver.expires:
        says = f"{about} expired on {waiver.expires} and covers nothing any more"
        return WaiverUse(waiver=waiver, state="expired", says=says)
    if any(one.waiver == waiver.number for one in standing):
        count = sum(one.waiver == waiver.number for one in standing)
        says = f"{about} covers {count} finding{'s' if count > 1 else ''} until {waiver.expires}: {waiver.reason}"
        return WaiverUse(waiver=waiver, state="used", says=says)
    late = f", and expired on {waiver.expires}" if as_of > waiver.expires else ""
    return WaiverUse(waiver=waiver, state="unused", says=f"{about} covers nothing{late}{_nearest(waiver, found)}")


def _nearest(waiver: Waiver, found: Sequence[GateFinding]) -> str:
    """What a waiver that covers nothing may have meant: it is more often misspelt than outlived."""
    rows = [one for one in found if one.rule == waiver.rule]
    for given, known in (
        (waiver.package, {one.package or one.path for one in rows}),
        (waiver.subject, {one.subject for one in rows}),
    ):
        if given is not None and given not in known:
            near = get_close_matches(given[:200], sorted(name[:200] for name in known), 1, 0.8)
            if near:
                return f'; did you mean "{near[0]}"?'
    return "; take it out"


def _reading_order(one: GateFinding) -> tuple[bool, int, str, str, str, str]:
    return one.waiver is not None, GATE_OUTCOMES.index(one.outcome), one.package or one.path, one.rule, one.subject, one.id
