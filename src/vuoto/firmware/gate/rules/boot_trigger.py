"""A package that the start of the phone starts from now on.

Without a baseline nobody knows what is new, and half the packages of a phone start with it. Then only those count that collect
personal data and can send it, and not those that do so as the declaration says: by a purpose with a `boot` event, to its
recipients.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.gates import GateFinding
from vuoto.facts.packages import Trigger
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import collected, followed
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule
from vuoto.firmware.named_hosts import outside

_NOT_STARTS = ("android.intent.action.ACTION_SHUTDOWN", "android.intent.action.REBOOT")
"""Actions of the kind `boot` that come at the end."""


def _judge(question: Question) -> Iterator[GateFinding]:
    for pair in question.pairs:
        rows = _starts(pair.new)
        before = _starts(pair.old) if pair.old is not None else []
        if not rows or any(row.enabled for row in before) or (before and not any(row.enabled for row in rows)):
            continue
        on = next((row for row in rows if row.enabled), None)
        because = f"it is started with the phone: {(on or rows[0]).component} answers to {(on or rows[0]).clue}"
        if on is None:
            because += ", but is off until code or a setting turns it on"
        if question.baseline is not None:
            yield finding(RULE.name, "refused" if on is not None else "undecided", pair.new, "boot", because)
            continue
        kinds = collected(pair.new) - _declared_at_boot(question, pair.new) if question.can_send(pair.new) else frozenset()
        if kinds:
            sent = sorted(kinds & followed(pair.new))
            what = ", ".join(kind_of(kind).title for kind in sent or sorted(kinds))
            more = f"{because}; it may send {what}" if sent else f"{because}; it reads {what}, and can send"
            yield finding(RULE.name, "refused" if sent and on is not None else "undecided", pair.new, "boot", more)


def _starts(read: ReadPackage) -> list[Trigger]:
    return [trigger for trigger in read.package.triggers if trigger.kind == "boot" and trigger.clue not in _NOT_STARTS]


def _declared_at_boot(question: Question, read: ReadPackage) -> frozenset[str]:
    """Kinds that purposes with a `boot` event use, whose recipients the package names."""
    named = {recipient.key for host in outside(read) if (recipient := question.declaration.recipient_of(host)) is not None}
    rows = (one for one in question.declaration.processing if "boot" in one.events and named.intersection(one.recipients))
    return frozenset(kind for one in rows for kind in one.data)


def _note(question: Question) -> str | None:
    if question.baseline is not None:
        return None
    return "no baseline was given: packages started at boot count where they collect and can send, unless that is declared"


RULE = Rule(
    name="boot-trigger",
    asks="whether a package gained a start with the phone",
    rests_on=(
        "receivers of the boot's broadcasts in manifests, and a baseline; one that is off when installed leaves it undecided; "
        "without a baseline those count that collect personal data and can send it, except for a declared purpose with a `boot` "
        "event"
    ),
    remedy="Take the receiver out, or waive it with the reason for which it must run at boot",
    judge=_judge,
    note=_note,
)
