"""Finds where code may send, by the tables in `senders`."""

from __future__ import annotations

from functools import cache

from vuoto.facts.code import CodeSend
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.sender import Sender
from vuoto.seams import plugins


@cache
def senders() -> tuple[Sender, ...]:
    """Every family of senders, by name of its file."""
    return plugins("vuoto.firmware.code.senders", Sender, "SENDER")


def find_sends(program: Program) -> list[tuple[CodeSend, int, int]]:
    """Every send, sorted, with the number of its DEX file and its instruction."""
    rules = [call for sender in senders() for call in sender.calls]
    found = []
    for hit in program.find_calls([(call.owner, call.names) for call in rules]):
        api = program.dexes[hit.dex].method(hit.reference)
        send = CodeSend(channel=rules[hit.rule].channel, api=api, place=program.place(hit.dex, hit.row))
        found.append((send, hit.dex, hit.row))
    return sorted(found)
