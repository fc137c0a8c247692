"""What was looked at before and holds nothing: the ten headers of every request, the names that a phone asks for all day.

A header is passed over only where the answer cannot differ: same host, same label, same bytes, found empty, and nothing else in
its message was found whose value stands in it too (there it may have been empty only because the other place says more).
A message of one section (a query, a server name) is passed over whole where all of it came before and nothing was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vuoto.facts.disclosures import Finding
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Opened

MOST: Final = 65_536
"""Headers remembered; beyond it the memory starts afresh."""

LONGEST: Final = 512
"""Bytes of a header that is remembered: longer ones rarely repeat."""

_LETTERS: Final = re.compile(r"[^0-9a-z]")

Key = tuple[str | None, str, bytes]

Whole = tuple[str, str | None, str, str, str, bytes, str]
"""Protocol, host and target of a message, and its one section without its place."""


class Repeats:
    """The memory of one shard. It changes no outcome, only what is looked at twice."""

    __slots__ = ("_empty", "_full", "_once", "_silent")

    def __init__(self) -> None:
        self._once: set[Key] = set()
        self._empty: set[Key] = set()
        self._full: set[Key] = set()
        self._silent: set[Whole] = set()

    def silent(self, message: Message, host: str | None) -> bool:
        """Whether `message` is one that is known to hold nothing at all."""
        return len(message.sections) == 1 and _whole(message, host) in self._silent

    def without(self, message: Message, host: str | None) -> Message:
        """`message` without the headers that are known to hold nothing."""
        empty = self._empty
        kept = tuple([s for s in message.sections if (host, s[0], s[2]) not in empty])
        if len(kept) == len(message.sections):
            return message
        return Message(  # written out, since `replace` takes three times as long, and each request comes by here
            flow=message.flow,
            protocol=message.protocol,
            time_ns=message.time_ns,
            sections=kept,
            host=message.host,
            entry=message.entry,
            method=message.method,
            target=message.target,
            protection=message.protection,
        )

    def learn(self, opened: Opened, host: str | None, findings: Sequence[Finding]) -> None:
        """Remember the headers of a message in which nothing was found."""
        if opened.problems:
            return
        sections = opened.message.sections
        if len(sections) == 1 and not findings and len(sections[0].data) <= LONGEST:
            if len(self._silent) >= MOST:
                self._silent.clear()
            self._silent.add(_whole(opened.message, host))
        again: list[tuple[Section, Key]] = []
        for section in sections:
            if " header" in section.label and len(section.data) <= LONGEST:
                key = (host, section.label, section.data)
                if key in self._full:
                    continue
                if key in self._once:
                    again.append((section, key))
                else:
                    if len(self._once) >= MOST:
                        self._once.clear()
                    self._once.add(key)
        if not again:
            return
        full = {id(finding.layer.section) for finding in findings}
        values = [squeezed for finding in findings if (squeezed := _squeeze(finding.value))]
        for section, key in again:
            text = _squeeze(section.data.decode("latin-1"))
            holds = id(section) in full or any(value in text for value in values)
            known = self._full if holds else self._empty
            if len(known) >= MOST:
                known.clear()
            known.add(key)


def _whole(message: Message, host: str | None) -> Whole:
    label, name, data, _offset, _spans, hint = message.sections[0]
    return message.protocol, host, message.target, label, name, data, hint


def _squeeze(text: str) -> str:
    return _LETTERS.sub("", text.lower())
