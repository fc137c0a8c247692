"""A kind of personal data that a package asks for from now on, and that no declared purpose uses."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.code import IdentifierRead
from vuoto.facts.gates import GateFinding
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import can_send, is_personal, place_words, reads_of, ways_of
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    declared = {kind for processing in question.declaration.processing for kind in processing.data}
    for pair in question.pairs:
        if not can_send(pair.new):
            continue
        before = {kind for kind, _ in reads_of(pair.old)} if pair.old is not None else set()
        rows: dict[str, list[IdentifierRead]] = {}
        for (kind, _), reads in reads_of(pair.new).items():
            rows.setdefault(kind, []).extend(read for read in reads if read.certainty != "possible")
        ways = ways_of(pair.new)
        for kind in sorted(rows):
            if not rows[kind] or kind in before or kind in declared or not is_personal(kind):
                continue
            channels = sorted({channel for k, channel in ways if k == kind})
            way = f", and may send it by {' and '.join(channels)}" if channels else ""
            title = kind_of(kind).title
            because = f"it reads {title}, in {place_words(rows[kind][0].place)}{way}; no declared purpose uses it"
            yield finding(RULE.name, "refused", pair.new, kind, because, [read.place for read in rows[kind]])


def _note(question: Question) -> str | None:
    return None if question.baseline is not None else "no baseline was given: every read counts, not only those gained"


RULE = Rule(
    name="undeclared-identifier",
    asks="whether a package that can send gained a read of personal data that no declared purpose uses",
    rests_on="`data` of the declared purposes, and a baseline; without one every read counts. Device models and the like do not",
    remedy="Add the kind to the purpose that needs it, or take the read out of the code",
    judge=_judge,
    note=_note,
)
