"""A property that was turned on, for which code asks that collects and can send: the package was there before, and silent.

What the switch does is not followed, so this is undecided. Properties that are set on a phone are in no build.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.gates import GateFinding
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import collected
from vuoto.firmware.comparing.properties import asked_by, turned_on
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    if question.baseline is None:
        return
    changed = turned_on(question.baseline.build, question.build.build)
    able = [read for read in question.build.packages if collected(read) and question.can_send(read)] if changed else []
    for read in able:
        for name in sorted(asked_by(changed, [read])):
            what = ", ".join(kind_of(kind).title for kind in sorted(collected(read)))
            was, now = changed[name]
            because = f"it asks for {name}, which is {now}, in the baseline {was or 'not set'}; it reads {what}, and can send"
            yield finding(RULE.name, "undecided", read, name, because)


def _note(question: Question) -> str | None:
    return None if question.baseline is not None else "no baseline was given: not asked"


RULE = Rule(
    name="switch-turned-on",
    asks="whether a property was turned on for which a package asks that collects personal data and can send",
    rests_on="the properties of build and baseline, and the names of properties in code",
    remedy="Find out what the property lets the package do; set it back, or waive it with what was found",
    judge=_judge,
    note=_note,
)
