"""A kind of personal data that a package asks for from now on, and that no declared purpose uses.

A declared purpose speaks of its recipients. A package that asks for such data and names none of their hosts may send it there or
elsewhere: undecided, unless it gained an undeclared host, for which it is refused already. Undecided as well is a read in a
package that cannot send by itself, for what it hands to others is not followed.

Without a baseline nobody knows what is new. Then a kind is refused where its value was followed to a send, undecided where it is
read in a package that can send, and nothing is said of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vuoto.facts.code import IdentifierRead
from vuoto.facts.gates import GateFinding
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import collected, followed, place_words, reads_of, ways_of
from vuoto.firmware.comparing.aspect import Pair
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule
from vuoto.firmware.named_hosts import outside


def _judge(question: Question) -> Iterator[GateFinding]:
    declared = _declared(question)
    for pair in question.pairs:
        sends = question.can_send(pair.new)
        if not sends and question.baseline is None:
            continue
        before = {kind for kind, _ in reads_of(pair.old)} if pair.old is not None else set()
        ways, followed_ = ways_of(pair.new), followed(pair.new)
        for kind in sorted(collected(pair.new) - before):
            rows = _reads(pair, kind)
            because = f"it reads {kind_of(kind).title}, in {place_words(rows[0].place)}"
            outcome: Literal["refused", "undecided"] = "undecided"
            if not sends:
                if kind in declared:
                    continue
                because += ", and cannot send by itself; what it hands to others was not followed; no declared purpose uses it"
            elif kind in declared:
                if (question.baseline is None and kind not in followed_) or _told(question, pair, declared[kind]):
                    continue
                because += f", and names no host of {' or '.join(sorted(declared[kind]))}, for whom it is declared"
            else:
                if question.baseline is not None or kind in followed_:
                    outcome = "refused"
                channels = sorted({channel for k, channel in ways if k == kind})
                way = f", and may send it by {' and '.join(channels)}" if channels else ""
                because += f"{way}; no declared purpose uses it"
            yield finding(RULE.name, outcome, pair.new, kind, because, [read.place for read in rows])


def _declared(question: Question) -> dict[str, set[str]]:
    """Kinds that declared purposes use, and the keys of their recipients."""
    found: dict[str, set[str]] = {}
    for processing in question.declaration.processing:
        for kind in processing.data:
            found.setdefault(kind, set()).update(processing.recipients)
    return found


def _told(question: Question, pair: Pair, recipients: set[str]) -> bool:
    """Whether a package names a host of one of the recipients, or one from now on that is refused."""
    before = outside(pair.old) if pair.old is not None else {}
    for host in outside(pair.new):
        recipient = question.declaration.recipient_of(host)
        if recipient is None and host not in before:
            return True
        if recipient is not None and recipient.key in recipients:
            return True
    return False


def _reads(pair: Pair, kind: str) -> list[IdentifierRead]:
    found = [read for (k, _), reads in sorted(reads_of(pair.new).items()) if k == kind for read in reads]
    return [read for read in found if read.certainty != "possible"]


def _note(question: Question) -> str | None:
    if question.baseline is not None:
        return None
    return "no baseline was given: every read counts, not only those gained; refused is one whose value was followed to a send"


RULE = Rule(
    name="undeclared-identifier",
    asks="whether a package gained a read of personal data that no declared purpose uses, or none for those it can reach",
    rests_on=(
        "`data` and `recipients` of the declared purposes, and a baseline; without one every read counts, refused where the "
        "value was followed to a send, else undecided. Device models and the like do not count"
    ),
    remedy="Add the kind to the purpose that needs it, or take the read out of the code",
    judge=_judge,
    note=_note,
)
