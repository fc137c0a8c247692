"""A package that the start of the phone starts from now on."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.gates import GateFinding
from vuoto.facts.packages import Trigger
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule

_NOT_STARTS = ("android.intent.action.ACTION_SHUTDOWN", "android.intent.action.REBOOT")
"""Actions of the kind `boot` that come at the end."""


def _judge(question: Question) -> Iterator[GateFinding]:
    for pair in question.pairs:
        rows = _starts(pair.new)
        if rows and (pair.old is None or not _starts(pair.old)):
            trigger = rows[0]
            because = f"it is started with the phone: {trigger.component} answers to {trigger.clue}"
            yield finding(RULE.name, "refused", pair.new, "boot", because)


def _starts(read: ReadPackage) -> list[Trigger]:
    return [trigger for trigger in read.package.triggers if trigger.kind == "boot" and trigger.clue not in _NOT_STARTS]


def _note(question: Question) -> str | None:
    return None if question.baseline is not None else "no baseline was given: every package started at boot counts"


RULE = Rule(
    name="boot-trigger",
    asks="whether a package gained a start with the phone",
    rests_on="receivers of the boot's broadcasts in manifests, enabled or not, and a baseline; without one every one counts",
    remedy="Take the receiver out, or waive it with the reason for which it must run at boot",
    judge=_judge,
    note=_note,
)
