"""A host that a package names from now on, and the declaration does not.

Without a baseline nobody knows what is new. Then a host is refused where personal data was followed to a send in its package, and
undecided where not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vuoto.facts.gates import GateFinding
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import followed, place_words
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule
from vuoto.firmware.named_hosts import outside


def _judge(question: Question) -> Iterator[GateFinding]:
    for pair in question.pairs:
        if not question.can_send(pair.new):
            continue
        before = outside(pair.old) if pair.old is not None else {}
        known = question.baseline is not None or bool(followed(pair.new))
        outcome: Literal["refused", "undecided"] = "refused" if known else "undecided"
        sent = ", ".join(kind_of(kind).title for kind in sorted(followed(pair.new)))
        beside = f"; it may send {sent}" if sent else ""
        for name, host in outside(pair.new).items():
            if name in before or question.declaration.recipient_of(name) is not None:
                continue
            where = f"in {place_words(host.places[0])}" if host.places else f"in {host.where}"
            because = f"it names {name}{host.how}, {where}, and the declaration does not{beside}"
            yield finding(RULE.name, outcome, pair.new, name, because, host.places)


def _note(question: Question) -> str | None:
    if question.baseline is not None:
        return None
    return "no baseline was given: every host counts, not only those gained; refused is one beside a way of personal data"


RULE = Rule(
    name="undeclared-host",
    asks="whether a package that can send gained a host that the declaration does not name",
    rests_on=(
        "`hosts` of the declared recipients, and a baseline; without one every host counts, refused where its package may send "
        "personal data, else undecided"
    ),
    remedy="Add the host to a recipient of the declaration, with its country and basis, or take it out of the code",
    judge=_judge,
    note=_note,
)
